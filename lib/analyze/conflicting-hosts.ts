import type { HttpMatch } from '../model/http-rule.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import { isVisibleTo } from '../model/visibility.ts';
import { keyOf } from '../resources/resource.ts';
import { type AnalyzedMesh, listed, ofKind } from './analyzed-mesh.ts';
import { covers, takesEverything } from './covering-match.ts';
import type { Found } from './finding.ts';
import { httpRulesOf, labelOf, type VirtualService } from './shadowed-routes.ts';

/** VirtualServices that speak for the same host at the same place: sidecars follow the first, gateways join their rules. */
export function conflictingHosts(mesh: AnalyzedMesh): readonly Found[] {
  return [...sidecarConflicts(mesh), ...gatewayNeighbours(mesh)];
}

/** Two tables of one host, of which the first comes before the other. */
interface Pair {
  readonly host: string;
  readonly first: RouteTable;
  readonly later: RouteTable;
}

function sidecarConflicts({ views }: AnalyzedMesh): readonly Found[] {
  const conflicts = new Map<string, { readonly pair: Pair; readonly namespaces: Set<string> }>();
  for (const [namespace, { scope }] of views) {
    for (const pair of scope.egress.flatMap(({ routeTables }) => pairsOf(routeTables))) {
      const key = `${pair.later.source} ${pair.first.source} ${pair.host}`;
      const known = conflicts.get(key);
      if (known) known.namespaces.add(namespace);
      else conflicts.set(key, { pair, namespaces: new Set([namespace]) });
    }
  }
  return [...conflicts.values()].map(({ pair: { host, first, later }, namespaces }) => ({
    code: 'CONFLICTING_HOSTS',
    resource: later.source,
    path: 'spec.hosts',
    message: `${host} belongs to ${first.source} already for sidecars of ${namespaceWord(namespaces)}, which ignore this object for it`,
  }));
}

const namespaceWord = (namespaces: ReadonlySet<string>): string =>
  namespaces.size === 1 ? `namespace ${listed(namespaces)}` : `namespaces ${listed(namespaces)}`;

/** Each later table of a host with the first one; those that have no rules of the same sort do not meet. */
function pairsOf(tables: readonly RouteTable[]): readonly Pair[] {
  const firsts = new Map<string, RouteTable[]>();
  const pairs: Pair[] = [];
  for (const later of tables) {
    for (const host of new Set(later.hosts)) {
      const before = firsts.get(host) ?? [];
      const first = before.find((each) => doMeet(each, later));
      if (first) pairs.push({ host, first, later });
      else firsts.set(host, [...before, later]);
    }
  }
  return pairs;
}

const doMeet = (one: RouteTable, other: RouteTable): boolean =>
  (['http', 'tcp', 'tls'] as const).some((sort) => one[sort].length > 0 && other[sort].length > 0);

function gatewayNeighbours(mesh: AnalyzedMesh): readonly Found[] {
  const written = new Map<string, VirtualService>(ofKind(mesh, 'VirtualService').map((each) => [keyOf(each), each]));
  return [...pairsAtGateways(mesh)].flatMap(([gateway, pairs]) =>
    [...Map.groupBy(pairs, ({ first, later }) => `${later.source} ${first.source}`).values()].flatMap((same) =>
      neighbours(gateway, same, written),
    ),
  );
}

function pairsAtGateways({ world }: AnalyzedMesh): ReadonlyMap<string, readonly Pair[]> {
  const tables = new Map<string, RouteTable[]>();
  for (const table of world.routeTables) {
    for (const gateway of new Set(table.gateways)) tables.set(gateway, [...(tables.get(gateway) ?? []), table]);
  }
  tables.delete(MESH_GATEWAY);
  return new Map(
    [...tables].map(([gateway, bound]) => {
      const namespace = gateway.slice(0, gateway.indexOf('/'));
      return [gateway, pairsOf(bound.filter(({ visibility }) => isVisibleTo(visibility, namespace)))];
    }),
  );
}

function neighbours(
  gateway: string,
  pairs: readonly Pair[],
  written: ReadonlyMap<string, VirtualService>,
): readonly Found[] {
  const [pair] = pairs;
  if (pair === undefined) return [];
  const { first, later } = pair;
  const merged: Found = {
    code: 'MERGED_HOSTS',
    resource: later.source,
    path: 'spec.hosts',
    message: `at Gateway ${gateway} the rules for ${listed(pairs.map(({ host }) => host))} come after those of ${first.source}`,
  };
  const [before, after] = [written.get(first.source), written.get(later.source)];
  return before === undefined || after === undefined
    ? [merged]
    : [merged, ...shadowsBetween(before, after, { gateway, resource: later.source })];
}

/** RT-34: what takes every request comes last, so that only another of its sort can be before it. */
function shadowsBetween(
  before: VirtualService,
  after: VirtualService,
  { gateway, resource }: { readonly gateway: string; readonly resource: string },
): readonly Found[] {
  const earlier = httpRulesOf(before);
  const takesAll = earlier.find(({ matches }) => matches.length === 0 || matches.some(isUnconditional));
  return httpRulesOf(after).flatMap(({ path, matches }): readonly Found[] => {
    const isGeneral = matches.length === 0;
    const shadow = isGeneral
      ? takesAll
      : earlier.find(
          (rule) =>
            rule.matches.length > 0 &&
            matches.every((match) =>
              rule.matches.some((each) => covers(each, match) && (!takesEverything(each) || takesEverything(match))),
            ),
        );
    if (shadow === undefined) return [];
    const message = `never matches at Gateway ${gateway}: what it is for is taken by ${keyOf(before)} ${labelOf(shadow)}`;
    return [{ code: 'ROUTE_SHADOWED', resource, path, message }];
  });
}

/** Takes everything that comes to the gateway, wherever from. */
const isUnconditional = (match: HttpMatch): boolean =>
  takesEverything(match) &&
  match.port === 0 &&
  match.gateways.length === 0 &&
  match.sourceNamespace === '' &&
  Object.keys(match.sourceLabels).length === 0;
