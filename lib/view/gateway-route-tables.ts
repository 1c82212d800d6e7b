import type { RouteTable } from '../model/route-table.ts';
import { isVisibleTo, visibilityRank } from '../model/visibility.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts } from './proxy-view.ts';

/** VS-4: the tables bound to one gateway that a proxy may see: private, exported, public; oldest first within each. */
export function gatewayRouteTables(world: World, { namespace }: ViewFacts, gateway: string): readonly RouteTable[] {
  const rankOf = (table: RouteTable): number => visibilityRank(table.visibility, table.namespace, namespace);
  return world.routeTables
    .filter((table) => table.gateways.includes(gateway) && isVisibleTo(table.visibility, namespace))
    .sort((a, b) => rankOf(a) - rankOf(b));
}
