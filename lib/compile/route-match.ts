import { claimPath } from '../base/claim-header.ts';
import type { ClaimMatchIr, HeaderMatchIr, RouteMatchIr } from '../ir/route-configuration.ts';
import type { HttpMatch, NamedMatch, StringMatch } from '../model/http-rule.ts';
import type { RouteTable } from '../model/route-table.ts';

/** Matches every request; what a rule without matches means. */
export const ANY_REQUEST: RouteMatchIr = {
  path: { type: 'prefix', value: '/' },
  mindsCase: undefined,
  headers: [],
  queryParams: [],
  claims: [],
};

/** What Envoy compares for one match of a rule of a table (RT-6 to RT-10). */
export function compileMatch(match: HttpMatch, table: Pick<RouteTable, 'isOfGatewayApi'>): RouteMatchIr {
  return {
    path: compilePath(match, table),
    mindsCase: !match.ignoresUriCase,
    headers: [...namedHeaders(match), ...pseudoHeaders(match)],
    queryParams: match.queryParams,
    claims: claimMatches(match),
  };
}

/** RT-6: in the Gateway API a prefix ends where a part of the path does; all paths have the root. */
function compilePath({ uri }: HttpMatch, { isOfGatewayApi }: Pick<RouteTable, 'isOfGatewayApi'>): RouteMatchIr['path'] {
  if (uri === undefined || uri.type === 'present') return ANY_REQUEST.path;
  if (!isOfGatewayApi || uri.type !== 'prefix' || uri.value === '/') return uri;
  return { type: 'path-prefix', value: uri.value.endsWith('/') ? uri.value.slice(0, -1) : uri.value };
}

/** Whether no later route can be reached (RT-1): any path, and nothing else asked for. */
export function isCatchAll({ path, headers, queryParams, claims }: RouteMatchIr): boolean {
  const isAnyPath = path.type === 'prefix' ? path.value === '/' : path.type === 'regex' && path.value === '.*';
  return isAnyPath && headers.length + queryParams.length + claims.length === 0;
}

function namedHeaders(match: HttpMatch): readonly HeaderMatchIr[] {
  return conditions(match).filter(({ name }) => claimPath(name) === undefined);
}

/** RT-11, CLAIM-1, CLAIM-2 */
function claimMatches(match: HttpMatch): readonly ClaimMatchIr[] {
  return conditions(match).flatMap(({ name, match: value, isInverted }) => {
    const path = claimPath(name);
    return path === undefined ? [] : [{ path, match: value, isInverted }];
  });
}

function conditions(match: HttpMatch): readonly HeaderMatchIr[] {
  const wanted = match.headers.map((header) => ({ ...header, isInverted: false }));
  const unwanted = match.withoutHeaders.map((header) => ({ ...header, isInverted: true }));
  return [...wanted, ...unwanted].sort(byName);
}

function pseudoHeaders({ method, authority, scheme }: HttpMatch): readonly HeaderMatchIr[] {
  const header = (name: string, match: StringMatch | undefined): HeaderMatchIr[] =>
    match === undefined ? [] : [{ name, match, isInverted: false }];
  return [...header(':method', method), ...header(':authority', authority), ...header(':scheme', scheme)];
}

const byName = (a: NamedMatch, b: NamedMatch): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
