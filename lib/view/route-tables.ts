import type { RouteTable } from '../model/route-table.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts, VisibleService } from './proxy-view.ts';

export function meshRouteTables(
  _world: World,
  _facts: ViewFacts,
  _services: readonly VisibleService[],
): readonly RouteTable[] {
  return [];
}
