import { durationMs } from '../base/brand.ts';
import type { ContentHash } from '../base/hashing.ts';
import type { NotNow } from '../delivery/answer.ts';
import type { ProxyFacts } from '../view/proxy-facts.ts';
import type { Builder } from './build-views.ts';
import type { Metrics } from './metrics.ts';
import type { Head, ServedHeads } from './served-heads.ts';
import type { View, Worlds } from './worlds.ts';

export interface FindViewPorts {
  readonly metrics: Pick<Metrics, 'noteStaleHead'>;
  readonly worlds: Worlds;
  readonly heads: Pick<ServedHeads, 'look'>;
  readonly builder: Pick<Builder, 'buildOnDemand'>;
}

/** Which view a proxy has, and which snapshot that view serves. */
export interface FoundView {
  readonly view: View;
  readonly head: Head;
}

/** How old a world may be that tells which view a proxy has: a selector that splits views takes effect within this time. */
const WORLD_FRESHNESS = durationMs(10_000);

/** The view of a proxy and its head; a view that has none is built within the poll, in the newest world (VIEW-4). */
export async function findView(
  ports: FindViewPorts,
  facts: ProxyFacts,
  nodeHash: ContentHash,
): Promise<FoundView | undefined> {
  const recent = (await ports.worlds.recent(WORLD_FRESHNESS)).viewOf(facts, nodeHash);
  const seen = await ports.heads.look(recent.key);
  if (seen.isStale) ports.metrics.noteStaleHead();
  if (seen.stored) return { view: recent, head: seen.stored.record };

  const world = await ports.worlds.newest();
  const view = world.viewOf(facts, nodeHash);
  await ports.builder.buildOnDemand(view, world);
  const built = (await ports.heads.look(view.key)).stored;
  return built && { view, head: built.record };
}

/** What a poll is told whose view could not be built within it. */
export const NOT_BUILT_YET: NotNow = {
  status: 503,
  code: 'NOT_BUILT_YET',
  message: 'this view is not built yet; poll again',
  retryAfterSeconds: 1,
};
