import { canonicalJson } from '../base/hashing.ts';
import type { MadeOf, StageMemory } from '../base/stage-memory.ts';
import type { RouteConfigurationIr, RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { RouteView } from './route-view.ts';
import { sharedConfiguration } from './shared-configuration.ts';
import { type PlacedRoutes, placedRoutes, type SidecarRoutes } from './sidecar-routes.ts';

/** More tables than this are not followed one by one. */
const MAX_CHANGED = 16;

/**
 * The routes of a sidecar from those that were made of other inputs, where nothing but the HTTP rules of some tables differs, and
 * each of these had its say before and has it still: then no virtual host comes, goes or gets another name. `undefined` otherwise.
 */
export function amendedRoutes(
  { items: before, made }: MadeOf<object, SidecarRoutes>,
  items: readonly object[],
  at: { readonly view: RouteView; readonly memory: StageMemory },
): SidecarRoutes | undefined {
  if (before.length !== items.length) return undefined;
  const routed = new Map<readonly RouteIr[], readonly RouteIr[]>();
  const given = new Map(made.given);
  let changed = 0;
  for (const [position, item] of items.entries()) {
    const old = before[position];
    if (old === item) continue;
    const [table, next] = [old as RouteTable, item as RouteTable]; // what was given routes is a table, and so is what is like it
    const places = made.given.get(table);
    if (places === undefined || !saysTheSameElsewhere(table, next) || (changed += 1) > MAX_CHANGED) return undefined;
    const now = places.map((place) => placedRoutes(next, place, at));
    if (![...places, ...now].every(isPlain)) return undefined;
    places.forEach((place, index) => routed.set(place.value, now[index]?.value ?? place.value));
    given.delete(table);
    given.set(next, now);
  }
  const value = made.value.map((configuration) => withRoutes(configuration, routed, at.memory));
  return { value, issues: made.issues, given };
}

/** Whether tables differ in nothing but their HTTP rules. */
const saysTheSameElsewhere = ({ http: _a, ...one }: RouteTable, { http: _b, ...other }: RouteTable): boolean =>
  canonicalJson(one) === canonicalJson(other);

/** A table without a say leaves its services to others, and one with issues is told of. */
const isPlain = ({ value, issues }: PlacedRoutes): boolean => value.length > 0 && issues.length === 0;

function withRoutes(
  configuration: RouteConfigurationIr,
  routed: ReadonlyMap<readonly RouteIr[], readonly RouteIr[]>,
  memory: StageMemory,
): RouteConfigurationIr {
  const { virtualHosts, ...settings } = configuration;
  if (!virtualHosts.some(({ routes }) => routed.has(routes))) return configuration;
  const hosts = virtualHosts.map((host): VirtualHostIr => {
    const routes = routed.get(host.routes);
    return routes === undefined ? host : memory.combined('routed again', [host, routes], () => ({ ...host, routes }));
  });
  return sharedConfiguration(settings, hosts, memory);
}
