import type { World } from '../world/world.ts';
import type { OwnInstance, ViewFacts } from './proxy-view.ts';

export function ownInstances(_world: World, _facts: ViewFacts): readonly OwnInstance[] {
  return [];
}
