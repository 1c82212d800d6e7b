import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import type { World } from '../world/world.ts';
import { gatewayRouteTables } from './gateway-route-tables.ts';
import type { ViewFacts } from './proxy-view.ts';

/** The route tables bound to the mesh that a sidecar may use, in the order in which they are preferred (VS-15). */
export function meshRouteTables(world: World, facts: ViewFacts): readonly RouteTable[] {
  return gatewayRouteTables(world, facts, MESH_GATEWAY);
}
