import type { RouteTable } from '../model/route-table.ts';
import { isVisibleTo, visibilityRank } from '../model/visibility.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts } from './proxy-view.ts';

/**
 * VS-4, VS-15: the tables bound to one gateway that a proxy may see: private, exported, public; within each those that the Gateway
 * API has in the proxy's own namespace come first, then the oldest.
 */
export function gatewayRouteTables(world: World, { namespace }: ViewFacts, gateway: string): readonly RouteTable[] {
  const isOwn = (table: RouteTable): boolean => table.isOfGatewayApi && table.namespace === namespace;
  const rankOf = (table: RouteTable): number =>
    2 * visibilityRank(table.visibility, table.namespace, namespace) + (isOwn(table) ? 0 : 1);
  return world.routeTables
    .filter((table) => table.gateways.includes(gateway) && isVisibleTo(table.visibility, namespace))
    .sort((a, b) => rankOf(a) - rankOf(b));
}
