import type { DurationMs, EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import type { Issue } from '../../base/issue.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import { type Recall, runMemory } from '../../base/recall.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { ViewFacts, ViewKey } from '../../view/proxy-view.ts';
import { viewFacts, viewKey } from '../../view/view-facts.ts';
import { buildWorld, type World } from '../../world/world.ts';
import type { Metrics } from '../metrics.ts';

/** Where a build reads what people configured. */
export interface ConfigSource {
  /** Number of the newest accepted revision; 0 before the first. */
  newestRevision(): Promise<number>;
  /** What instances said of their health, as one text: equal texts, equal health. */
  newestHealth(): Promise<string>;
  /** Every object of the newest revision, and which one that is. What did not change since the last call is the same object. */
  readNewest(): Promise<ConfigAtRevision>;
}

export interface ConfigAtRevision {
  readonly revision: number;
  /** What the statuses in the resources were taken from. */
  readonly health: string;
  readonly resources: readonly Resource[];
}

/** The world at one revision, and which view a proxy has in it. */
export interface WorldAt {
  readonly revision: number;
  readonly world: World;
  /** What it was built of. */
  readonly resources: readonly Resource[];
  readonly issues: readonly Issue[];
  readonly identityBindings: World['identityBindings'];
  /** Remembered by the hash of the node that told the facts. */
  viewOf(facts: ProxyFacts, nodeHash: ContentHash): View;
}

export interface View {
  readonly key: ViewKey;
  readonly facts: ViewFacts;
}

/** The newest world, built once per revision and shared by all who ask (BLD-1). */
export interface Worlds {
  /** The world that this process has, if it looked for a newer revision within the time; with the store down the last one. */
  recent(within: DurationMs): Promise<WorldAt>;
  /** Reads the newest revision now. */
  newest(): Promise<WorldAt>;
}

export interface WorldsPorts {
  readonly config: ConfigSource;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
}

export function worlds({ config, clock, metrics }: WorldsPorts): Worlds {
  let held: { readonly world: WorldAt; readonly health: string; readonly at: EpochMs } | undefined;
  let reading: Promise<WorldAt> | undefined;
  const memory = runMemory();

  const read = async (): Promise<WorldAt> => {
    const at = clock.now();
    const [revision, health] = await Promise.all([config.newestRevision(), config.newestHealth()]);
    if (held?.world.revision === revision && held.health === health) {
      held = { ...held, at };
      return held.world;
    }
    const { revision: newest, health: read, resources } = await config.readNewest();
    const world = metrics.timeWorld(() => memory.run((recall) => worldAt(newest, resources, recall)));
    held = held && held.world.revision > newest ? { ...held, at } : { world, health: read, at };
    const { services, routeTables } = world.world;
    metrics.noteWorld({ revision: newest, services: services.length, virtualServices: routeTables.length });
    return held.world;
  };
  /** A read that began after the call: one that is under way may have seen the revision before. */
  const newest = async (): Promise<WorldAt> => {
    const before = reading;
    if (before) await before.catch(() => undefined);
    // Whoever waited together reads together.
    if (reading && reading !== before) return reading;
    reading = read().finally(() => (reading = undefined));
    return reading;
  };
  return {
    newest,
    async recent(within) {
      if (held && clock.now() - held.at < within) return held.world;
      try {
        return await (reading ?? newest());
      } catch (error) {
        if (held && error instanceof StoreUnavailable) return held.world; // DLV-8: the last good world
        throw error;
      }
    },
  };
}

/** Nodes may be invented by whoever polls, so what is remembered of them is bounded. */
const REMEMBERED_VIEWS = 20_000;

function worldAt(revision: number, resources: readonly Resource[], recall: Recall): WorldAt {
  const { value: world, issues } = buildWorld(resources, {}, recall);
  const views = leastRecentlyUsed<ContentHash, View>({ max: REMEMBERED_VIEWS });
  return {
    revision,
    world,
    resources,
    issues,
    identityBindings: world.identityBindings,
    viewOf(facts, nodeHash) {
      const known = views.get(nodeHash);
      if (known) return known;
      const relevant = viewFacts(world, facts);
      const view = { key: viewKey(relevant), facts: relevant };
      views.set(nodeHash, view);
      return view;
    },
  };
}
