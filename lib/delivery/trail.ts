import type { EpochMs } from '../base/brand.ts';
import type { ContentHash } from '../base/hashing.ts';
import { isSameJson } from '../base/same-json.ts';
import type { VersionInfo } from '../snapshot/version-info.ts';

/**
 * The snapshots that one proxy may be running parts of, and what each of its poll loops is known to have (SNAP-3). Steps are
 * numbered per proxy; the last is the newest that it is to have. Settled, there is one step and every place is on it.
 */
export interface Trail {
  readonly steps: readonly Step[];
  /** Of its poll loop for clusters; `undefined` until it polls them: then there is nothing to order anything against. */
  readonly clusters: Place | undefined;
  /** Of its poll loops for listeners and routes, by channel. */
  readonly places: Readonly<Record<string, Place>>;
  readonly warming: Warming;
}

export interface Step {
  readonly n: number;
  readonly manifest: ContentHash;
  readonly since: EpochMs;
}

/** What one poll loop may be running. A loop for clusters has at least those of the step. */
export interface Place {
  /** What its last poll showed; absent while it has nothing. */
  readonly shown?: Mark;
  /** What it was answered since; it may run this, or parts of it: an Envoy that refuses a set keeps what is good in it. */
  readonly sent: readonly Mark[];
  /** Since when it would be given something newer if the proxy had shown the clusters for it. */
  readonly heldSince?: EpochMs;
  /** The step that it was given although the proxy had not shown the clusters for it. */
  readonly forced?: number;
}

/** A version and the newest step that it stands for. */
export interface Mark {
  readonly versionInfo: string;
  readonly step: number;
  /** Of clusters: the snapshots whose clusters it stands for, newest first; of one name the newest body counts. */
  readonly from?: readonly ContentHash[];
}

/** Clusters that a step added or changed, by name, as far as the proxy may not have them yet. */
export interface Warming {
  /** The step that brought them. */
  readonly step: number;
  /** Those for whose endpoints no new poll loop has come: it may not have taken them. */
  readonly unopened: readonly string[];
  /** Those whose loop has not shown that it has endpoints: they may take no traffic yet. */
  readonly waiting: readonly string[];
  readonly hasOpened: boolean;
}

/** What the order of answers asks of one snapshot; all of it is loaded before. */
export interface StepContents {
  /** Equal exactly for snapshots whose clusters, listeners and routes are equal. */
  readonly orderKey: string;
  /** What it has of a type that is sent whole: the hash of each body by name. */
  readonly namesOf: (type: 'clusters' | 'listeners') => ReadonlyMap<string, ContentHash>;
  /** Version of what a poll loop asks for, of any type; `undefined` when the snapshot has nothing of it. */
  readonly versionOf: (channel: string) => VersionInfo | undefined;
  /** Whether a cluster has a poll loop of its own for its endpoints. */
  readonly hasLoop: (cluster: string) => boolean;
  /** Endpoints that come by a poll loop of their own, by the cluster's name; `empty` when there are none of them. */
  readonly endpointsOf: (cluster: string) => 'none' | 'empty' | 'some';
}

export type ContentsOf = (manifest: ContentHash) => StepContents;

/** Keeps a record bounded; no proxy comes near it that takes any of its updates. */
const MAX_STEPS = 64;

export const NOTHING_WARMS: Warming = { step: 0, unopened: [], waiting: [], hasOpened: false };

/** The trail of a proxy of which nothing is known. */
export function newTrail(manifest: ContentHash, now: EpochMs): Trail {
  return {
    steps: [{ n: 1, manifest, since: now }],
    clusters: undefined,
    places: {},
    warming: NOTHING_WARMS,
  };
}

export function newestStep(trail: Trail): Step {
  const last = trail.steps.at(-1);
  if (last === undefined) throw new RangeError('a trail has at least one step');
  return last;
}

/** Whether everything that the proxy may run is the newest. */
export function isSettled(trail: Trail): boolean {
  const { n } = newestStep(trail);
  const isThere = ({ shown, sent }: Place): boolean => shown?.step === n && sent.length === 0;
  return (
    trail.steps.length === 1 &&
    (trail.clusters === undefined || isThere(trail.clusters)) &&
    Object.values(trail.places).every(isThere)
  );
}

/**
 * The trail when a snapshot is the newest. One that differs in endpoints or secrets alone takes the place of the last: order
 * does not matter for it. So does one whose predecessor nobody was given. What a loop has counts for the new step too if
 * the new step would give it the same.
 */
export function withNewest(
  trail: Trail,
  { manifest, now }: { readonly manifest: ContentHash; readonly now: EpochMs },
  contentsOf: ContentsOf,
): Trail {
  const last = newestStep(trail);
  if (last.manifest === manifest) return trail;
  const contents = contentsOf(manifest);
  const before = trail.steps.slice(0, -1);
  if (contents.orderKey === contentsOf(last.manifest).orderKey) {
    return { ...trail, steps: [...before, { ...last, manifest }] };
  }
  const kept = stepsInUse(trail).has(last.n) ? trail.steps : before;
  const step = { n: last.n + 1, manifest, since: now };
  return trimmed({
    ...trail,
    steps: [...kept, step],
    clusters: trail.clusters && carriedClusters(trail.clusters, { step, contents, contentsOf }),
    places: mapValues(trail.places, (place, channel) => carriedPlace(place, step.n, contents.versionOf(channel))),
  });
}

interface Carrying {
  readonly step: Step;
  readonly contents: StepContents;
  readonly contentsOf: ContentsOf;
}

/**
 * A proxy that has all clusters of the new step, each with the same body, was sent them before: routes need not wait. What is
 * under way to it must have them too, for it may have taken that.
 */
function carriedClusters(place: Place, { step, contents, contentsOf }: Carrying): Place {
  const clusters = [...contents.namesOf('clusters')];
  const hasAll = ({ from = [] }: Mark): boolean => {
    const had = unionOf(from, contentsOf);
    return from.length > 0 && clusters.every(([name, hash]) => had.get(name) === hash);
  };
  const { shown, sent } = place;
  const carried = (mark: Mark): Mark => (hasAll(mark) ? { ...mark, step: step.n } : mark);
  return { ...place, ...(shown && { shown: sent.every(hasAll) ? carried(shown) : shown }), sent: sent.map(carried) };
}

/** The clusters of several snapshots, newest first; of one name the newest body. */
export function unionOf(from: readonly ContentHash[], contentsOf: ContentsOf): ReadonlyMap<string, ContentHash> {
  const [only, ...others] = from;
  if (only !== undefined && others.length === 0) return contentsOf(only).namesOf('clusters');
  return new Map(from.toReversed().flatMap((manifest) => [...contentsOf(manifest).namesOf('clusters')]));
}

function carriedPlace(place: Place, n: number, versionInfo: VersionInfo | undefined): Place {
  const { shown, sent } = place;
  return shown && sent.length === 0 && shown.versionInfo === versionInfo
    ? { ...place, shown: { versionInfo, step: n } }
    : place;
}

/** Numbers of the steps that some loop may be running, or be given next. */
function stepsInUse({ clusters, places }: Trail): ReadonlySet<number> {
  const all = [...Object.values(places), ...(clusters ? [clusters] : [])];
  return new Set(all.flatMap(marksOf).map(({ step }) => step));
}

const marksOf = ({ shown, sent }: Place): readonly Mark[] => (shown ? [shown, ...sent] : sent);

/** Without the steps that no loop can be running any more. */
export function trimmed(trail: Trail): Trail {
  const used = stepsInUse(trail);
  const last = newestStep(trail);
  const steps = trail.steps.filter((step) => step === last || used.has(step.n));
  if (steps.length <= MAX_STEPS) return steps.length === trail.steps.length ? trail : { ...trail, steps };
  const kept = steps.slice(-MAX_STEPS);
  const oldest = kept[0] ?? last;
  return { ...trail, steps: kept, places: mapValues(trail.places, (place) => withoutOld(place, oldest.n)) };
}

/** A loop that takes nothing of so many steps is taken to be at the oldest that is kept. */
function withoutOld(place: Place, oldest: number): Place {
  const raised = (mark: Mark): Mark => (mark.step < oldest ? { ...mark, step: oldest } : mark);
  const isOld = marksOf(place).some(({ step }) => step < oldest);
  if (!isOld) return place;
  const sent = place.sent.filter(({ step }) => step >= oldest);
  return { ...place, ...(place.shown && { shown: raised(place.shown) }), sent, forced: oldest };
}

/** Without the loops that have ended. */
export function withoutChannels(trail: Trail, hasEnded: (channel: string) => boolean): Trail {
  const living = Object.entries(trail.places).filter(([channel]) => !hasEnded(channel));
  if (living.length === Object.keys(trail.places).length) return trail;
  return trimmed({ ...trail, places: Object.fromEntries(living) });
}

/** Whether two trails say the same, whatever they were made of. */
export const isSameTrail = (a: Trail | undefined, b: Trail | undefined): boolean => isSameJson(a, b);

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
