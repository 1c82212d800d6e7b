import type { World } from '../world/world.ts';
import type { ViewFacts, VisibleService } from './proxy-view.ts';

export function visibleServices(_world: World, _facts: ViewFacts): readonly VisibleService[] {
  return [];
}
