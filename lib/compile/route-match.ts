import type { HeaderMatchIr, RouteMatchIr } from '../ir/route-configuration.ts';
import type { HttpMatch, NamedMatch, StringMatch } from '../model/http-rule.ts';

/** Matches every request; what a rule without matches means. */
export const ANY_REQUEST: RouteMatchIr = {
  path: { type: 'prefix', value: '/' },
  mindsCase: undefined,
  headers: [],
  queryParams: [],
};

/** What Envoy compares for one match of a rule (RT-6 to RT-10). */
export function compileMatch(match: HttpMatch): RouteMatchIr {
  const { uri } = match;
  return {
    path: uri === undefined || uri.type === 'present' ? ANY_REQUEST.path : uri,
    mindsCase: !match.ignoresUriCase,
    headers: [...namedHeaders(match), ...pseudoHeaders(match)],
    queryParams: match.queryParams,
  };
}

/** Whether no later route can be reached (RT-1): any path, and nothing else asked for. */
export function isCatchAll({ path, headers, queryParams }: RouteMatchIr): boolean {
  const isAnyPath = path.type === 'prefix' ? path.value === '/' : path.type === 'regex' && path.value === '.*';
  return isAnyPath && headers.length === 0 && queryParams.length === 0;
}

function namedHeaders(match: HttpMatch): readonly HeaderMatchIr[] {
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
