import { durationMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import type { NotNow } from '../../delivery/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { Builder } from '../build/build-views.ts';
import type { Metrics } from '../metrics.ts';
import type { Head, ServedHeads } from '../build/served-heads.ts';
import type { UnknownViewLimit } from './unknown-view-limit.ts';
import type { ViewFinder } from './view-index.ts';
import type { ViewIndexes } from './view-indexes.ts';
import type { ProxyInView, ViewRegistry } from './view-registry.ts';
import type { View, WorldAt, Worlds } from '../build/worlds.ts';

export interface FindViewPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Pick<Metrics, 'noteStaleHead' | 'noteRefusedView'>;
  readonly worlds: Worlds;
  readonly indexes: ViewIndexes;
  readonly heads: Pick<ServedHeads, 'look' | 'lookNow'>;
  readonly registry: Pick<ViewRegistry, 'notePoll' | 'isRegistered' | 'register'>;
  readonly isWithinLimit: UnknownViewLimit;
  readonly builder: Pick<Builder, 'buildOnDemand'>;
}

/** Which view a proxy has, and which snapshot that view serves. */
export interface FoundView {
  readonly view: View;
  readonly head: Head;
}

/** Who polls. */
export interface AskingProxy {
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
}

/** How old a world may be that stands in for an index while none was published. */
const WORLD_FRESHNESS = durationMs(10_000);

/**
 * The view of a proxy and its head: told by the index alone, at no read within its freshness time and that of the head (DLV-1).
 * A view that has no head, or that nobody builds for any more, is built within the poll, in the newest world (VIEW-4).
 */
export async function findView(ports: FindViewPorts, proxy: AskingProxy): Promise<FoundView | NotNow> {
  const recent = await viewIn(await recentFinder(ports), proxy);
  const served = await servedNow(ports, proxy, recent);
  if (served) return served;
  // A view that the newest index no longer knows may have gone since the index was read.
  const newest = await viewIn(await ports.indexes.newest(), proxy);
  const moved = newest && newest.key !== recent.key && (await servedNow(ports, proxy, newest));
  return moved || buildInPoll(ports, proxy);
}

/**
 * The same by what is published at this moment: what is about to send something asks once more, so that two processes which
 * looked at different moments never send a proxy back and forth. Throws StoreUnavailable with the store down: what was seen last
 * may be older than what another process has sent since (DLV-8).
 */
export async function findAgain(ports: FindViewPorts, proxy: AskingProxy, found: FoundView): Promise<FoundView> {
  const view = (await viewIn(await ports.indexes.newest(), proxy)) ?? found.view;
  const stored = await ports.heads.lookNow(view.key);
  // Its own view may have no snapshot yet: the next poll builds it, this one is not kept waiting.
  return stored ? { view, head: stored.record } : found;
}

/** What finds views now; while no index was published, the world. */
export async function recentFinder({
  indexes,
  worlds,
}: Pick<FindViewPorts, 'indexes' | 'worlds'>): Promise<ViewFinder> {
  return (await indexes.recent()) ?? worlds.recent(WORLD_FRESHNESS);
}

async function viewIn(finder: ViewFinder, proxy: AskingProxy): Promise<View>;
async function viewIn(finder: ViewFinder | undefined, proxy: AskingProxy): Promise<View | undefined>;
async function viewIn(finder: ViewFinder | undefined, { facts, nodeHash }: AskingProxy): Promise<View | undefined> {
  return finder?.viewOf(facts, nodeHash);
}

async function servedNow(ports: FindViewPorts, proxy: AskingProxy, view: View): Promise<FoundView | undefined> {
  const seen = await ports.heads.look(view.key);
  if (!seen.stored) return undefined;
  if (seen.isStale) ports.metrics.noteStaleHead();
  const polling = { view, ...proxy };
  const isRegistered = ports.registry.notePoll(polling) || (await ports.registry.isRegistered(polling));
  return isRegistered ? { view, head: seen.stored.record } : undefined;
}

/** Whoever changes the config while a view is built is followed this often; after that the build of the leader is awaited. */
const MAX_BUILDS = 3;

/**
 * Registers first and reads the config then: a builder that did not see the registration had read no newer revision than this
 * build does, and one that reads a newer revision sees it. So no view stays behind (BLD-1).
 */
async function buildInPoll(ports: FindViewPorts, proxy: AskingProxy): Promise<FoundView | NotNow> {
  const { worlds, heads, builder } = ports;
  let world = await worlds.newest();
  for (let attempt = 0; attempt < MAX_BUILDS; attempt += 1) {
    const view = world.viewOf(proxy.facts, proxy.nodeHash);
    const registered = await ensureRegistered(ports, { view, ...proxy });
    if (registered === 'refused') return TOO_MANY_VIEWS;
    if (registered !== 'known') {
      world = await worlds.newest();
      if (world.viewOf(proxy.facts, proxy.nodeHash).key !== view.key) continue;
    }
    const before = await heads.lookNow(view.key);
    // A head that is older than the registration was kept up to date by nobody.
    if (before && registered !== 'new') return { view, head: before.record };
    if (!(await builder.buildOnDemand(view, world))) return NOT_BUILT_YET;
    const built = await heads.lookNow(view.key);
    const newest: WorldAt = before ? await worlds.newest() : world;
    // The leader may have found the old head as good as new while this build replaced it by one of an older revision.
    if (built && newest === world) return { view, head: built.record };
    world = newest;
  }
  return NOT_BUILT_YET;
}

/** `known`: registered before this call. */
async function ensureRegistered(
  { registry, isWithinLimit, metrics, clock }: FindViewPorts,
  polling: ProxyInView,
): Promise<'known' | 'was-there' | 'new' | 'refused'> {
  if (registry.notePoll(polling)) return 'known';
  if (await registry.isRegistered(polling)) return 'was-there';
  if (isWithinLimit(polling.facts.namespace, clock.now())) return registry.register(polling);
  metrics.noteRefusedView();
  return 'refused';
}

/** What a poll is told whose view could not be built within it. */
const NOT_BUILT_YET: NotNow = {
  status: 503,
  code: 'NOT_BUILT_YET',
  message: 'this view is not built yet; poll again',
  retryAfterSeconds: 1,
};

const TOO_MANY_VIEWS: NotNow = {
  status: 429,
  code: 'TOO_MANY_VIEWS',
  message:
    'too many proxies of this namespace asked for a configuration that no other proxy has; proxies that are alike but for their id and addresses share one',
  retryAfterSeconds: 10,
};
