import { documentPath } from './document-path.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { selects } from '../base/labels.ts';
import { parseClusterName } from '../ir/cluster-name.ts';
import type { CorsIr, RouteActionIr, RouteIr, RouteMatchIr } from '../ir/route-configuration.ts';
import type { Cors, HttpMatch, HttpRule } from '../model/http-rule.ts';
import type { RouteTable } from '../model/route-table.ts';
import { compileHeaderEdits, joinHeaderEdits, NO_HEADER_EDITS } from './header-edits.ts';
import { compileAction } from './route-action.ts';
import type { RouteAttachment } from './route-attachment.ts';
import { ANY_REQUEST, compileMatch, isCatchAll } from './route-match.ts';

/**
 * The routes that one route table gives at one place: one per rule and match that can hold there, in the order written, until
 * one that takes every request (RT-1, RT-2). No routes means that the table has no say there (RT-3).
 */
export function compileHttpRoutes(table: RouteTable, at: RouteAttachment): Noted<readonly RouteIr[]> {
  const issues: Issue[] = [];
  const routes: RouteIr[] = [];
  for (const rule of table.http) {
    const matches = matchesThatCanHold(rule, at);
    if (matches.length === 0) continue;
    const rest = compileRest(rule, at, table);
    if (typeof rest === 'string') issues.push(unusable(rule, rest));
    for (const match of matches) {
      const compared = match === undefined ? ANY_REQUEST : compileMatch(match, table);
      if (typeof rest === 'object') {
        const { leadsTo, ...shared } = rest;
        const name = match === undefined || match.name === '' ? rule.name : `${rule.name}.${match.name}`;
        const operation = operationOf(leadsTo, compared);
        routes.push({ name, match: compared, ...shared, operation, statPrefix: match?.statPrefix ?? '' });
      }
      if (isCatchAll(compared)) return { value: routes, issues };
    }
  }
  return { value: routes, issues };
}

/** The matches of a rule that can hold at this place at all (RT-2); a rule without any matches everything. */
function matchesThatCanHold(rule: HttpRule, at: RouteAttachment): readonly (HttpMatch | undefined)[] {
  return rule.matches.length === 0 ? [undefined] : rule.matches.filter((match) => canHold(match, at));
}

/** Named gateways take the place of the source (VS-19). */
function canHold(match: HttpMatch, at: RouteAttachment): boolean {
  if (match.port !== 0 && match.port !== at.listenerPort) return false;
  if (match.gateways.length > 0) return match.gateways.includes(at.gateway);
  const isFromHere = match.sourceNamespace === '' || match.sourceNamespace === at.namespace;
  return isFromHere && selects(match.sourceLabels, at.labels);
}

interface RouteRest extends Pick<
  RouteIr,
  'action' | 'requestHeaders' | 'responseHeaders' | 'fault' | 'cors' | 'source'
> {
  /** What traces call the place to which its requests go. */
  readonly leadsTo: string;
}

/** What the routes of all matches of one rule have in common; a sentence when Envoy could not carry it out. */
function compileRest(rule: HttpRule, at: RouteAttachment, table: RouteTable): RouteRest | string {
  const action = compileAction(rule, at, table);
  if (typeof action === 'string') return action;
  const [only, ...others] = rule.action.type === 'forward' ? rule.action.destinations : [];
  const isSingle = only !== undefined && others.length === 0;
  return {
    action,
    requestHeaders: joinHeaderEdits(
      compileHeaderEdits(rule.requestHeaders),
      isSingle ? compileHeaderEdits(only.requestHeaders) : NO_HEADER_EDITS,
    ),
    responseHeaders: joinHeaderEdits(
      compileHeaderEdits(rule.responseHeaders),
      isSingle ? compileHeaderEdits(only.responseHeaders) : NO_HEADER_EDITS,
    ),
    fault: rule.fault,
    cors: rule.cors && compileCors(rule.cors),
    source: documentPath(rule.origin.resource),
    leadsTo: destinationName(action) ?? `${table.name}:${at.listenerPort}`,
  };
}

function compileCors(cors: Cors): CorsIr {
  return {
    ...cors,
    allowMethods: cors.allowMethods.join(','),
    allowHeaders: cors.allowHeaders.join(','),
    exposeHeaders: cors.exposeHeaders.join(','),
    maxAge: cors.maxAge === undefined ? '' : String(Math.trunc(cors.maxAge / 1000)),
  };
}

/** The one destination of an action; `undefined` where there are several or none. */
function destinationName(action: RouteActionIr): string | undefined {
  const cluster = action.type === 'forward' && action.target.type === 'cluster' ? action.target.cluster : '';
  const { hostname, port } = parseClusterName(cluster);
  return hostname === '' ? undefined : `${hostname}:${port}`;
}

/** RT-5: what traces call the route: where it leads to, then the path. */
const operationOf = (leadsTo: string, { path }: RouteMatchIr): string =>
  `${leadsTo}${path.value}${path.type === 'prefix' || path.type === 'path-prefix' ? '*' : ''}`;

const unusable = ({ origin }: HttpRule, message: string): Issue => ({
  ...{ severity: 'error', code: 'ROUTE_UNUSABLE', ...origin, message },
});
