import type { RouteTable } from '../model/route-table.ts';
import { isVisibleTo, visibilityRank } from '../model/visibility.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts } from './proxy-view.ts';

/** The tables that are bound to one gateway, named `namespace/name`. */
export type TablesOfGateway = (gateway: string) => readonly RouteTable[];

/**
 * VS-4, VS-15: the tables bound to one gateway that a proxy may see: private, exported, public; within each those that the Gateway
 * API has in the proxy's own namespace come first, then the oldest.
 */
export function gatewayRouteTables(world: World, facts: ViewFacts, gateway: string): readonly RouteTable[] {
  return ranked(
    world.routeTables.filter((table) => table.gateways.includes(gateway) && isVisible(table, facts)),
    facts,
  );
}

/** The same for every gateway at once, for a router that may have a thousand of them. */
export function tablesByGateway({ routeTables }: Pick<World, 'routeTables'>, facts: ViewFacts): TablesOfGateway {
  const bound = new Map<string, RouteTable[]>();
  for (const table of routeTables) {
    if (!isVisible(table, facts)) continue;
    for (const gateway of new Set(table.gateways)) {
      const tables = bound.get(gateway);
      if (tables === undefined) bound.set(gateway, [table]);
      else tables.push(table);
    }
  }
  for (const [gateway, tables] of bound) bound.set(gateway, ranked(tables, facts));
  return (gateway) => bound.get(gateway) ?? NONE;
}

const NONE: readonly RouteTable[] = [];

const isVisible = ({ visibility }: RouteTable, { namespace }: ViewFacts): boolean => isVisibleTo(visibility, namespace);

function ranked(tables: readonly RouteTable[], { namespace }: ViewFacts): RouteTable[] {
  const isOwn = (table: RouteTable): boolean => table.isOfGatewayApi && table.namespace === namespace;
  const rankOf = (table: RouteTable): number =>
    2 * visibilityRank(table.visibility, table.namespace, namespace) + (isOwn(table) ? 0 : 1);
  return tables.toSorted((a, b) => rankOf(a) - rankOf(b));
}
