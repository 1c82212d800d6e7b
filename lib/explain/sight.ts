import type { ProxyView } from '../view/proxy-view.ts';
import type { World } from '../world/world.ts';

/** What a proxy knows of the world, and what all there is in it. */
export interface Sight {
  readonly world: World;
  readonly view: ProxyView;
}
