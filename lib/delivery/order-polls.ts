import { type DurationMs, durationMs, type EpochMs } from '../base/brand.ts';
import type { ContentHash } from '../base/hashing.ts';
import { type VersionInfo, echoedVersion, versionOf } from '../snapshot/version-info.ts';
import {
  type ContentsOf,
  type Mark,
  newestStep,
  NOTHING_WARMS,
  type Place,
  type Step,
  type Trail,
  trimmed,
  unionOf,
  type Warming,
} from './trail.ts';

/**
 * Make before break (SNAP-3, PX-14): which snapshots one poll is answered from, so that no proxy runs a listener or a route
 * whose clusters it does not have. Envoy polls each type in a loop of its own, in any order; only what a loop shows in its next
 * poll is known to be there. So clusters are answered with those of every step that some loop may be at, and listeners and
 * routes with the newest step whose clusters the proxy has shown.
 */
export interface OrderedAnswer {
  readonly trail: Trail;
  /** What the proxy has after the answer, or should have. */
  readonly versionInfo: VersionInfo;
  /** The snapshots that the answer is made of, newest first; none when the proxy keeps what it has. */
  readonly from: readonly ContentHash[];
}

/** What one poll says of a loop. */
export interface Carried {
  /** The version that it carried; empty when the loop is new. */
  readonly versionInfo: string;
  readonly now: EpochMs;
}

/** Answers a poll for clusters. A version that the proxy has refused proves nothing when it is shown later (DLV-5). */
export function orderClusters(
  before: Trail,
  poll: Carried & { readonly isRejected: boolean },
  contentsOf: ContentsOf,
): OrderedAnswer {
  if (poll.versionInfo === '') return startClusters(before, contentsOf);
  const place = poll.isRejected
    ? (before.clusters ?? { sent: [] })
    : arrived(before.clusters, poll.versionInfo, () => markOfSet(before, poll.versionInfo, contentsOf));
  const newest = newestStep(before);
  const trail = trimmed({ ...before, clusters: { ...place, sent: [] } });
  const union = setOf(trail.steps, contentsOf);
  if (union.versionInfo === poll.versionInfo) {
    if (poll.isRejected) return { trail: before, versionInfo: union.versionInfo, from: [] };
    const shown = { shown: { ...union, step: newest.n }, sent: [] };
    // A second poll with a version comes more than a refresh time after its clusters: one without a loop by then will have none.
    const isLate = before.warming.waiting.length > 0 && before.clusters?.shown?.versionInfo === poll.versionInfo;
    const warming = isLate ? NOTHING_WARMS : before.warming;
    const next = trimmed({ ...trail, clusters: shown, warming });
    return { trail: next, versionInfo: union.versionInfo, from: hasPartsOfOther(place) ? union.from : [] };
  }
  const sent = [{ ...union, step: newest.n }];
  return {
    trail: { ...trail, clusters: { ...place, sent }, warming: warmingFor(trail, place, contentsOf) },
    versionInfo: union.versionInfo,
    from: union.from,
  };
}

/** A proxy that has no clusters has been started: it gets exactly the newest, and what its loops had before means nothing. */
function startClusters(before: Trail, contentsOf: ContentsOf): OrderedAnswer {
  const newest = newestStep(before);
  const { versionInfo, from } = setOf([newest], contentsOf);
  const clusters = { sent: [{ versionInfo, step: newest.n, from }] };
  const warming = before.warming.step === newest.n ? before.warming : warmingAtStart(newest, contentsOf);
  return { trail: trimmed({ ...before, clusters, places: {}, warming }), versionInfo, from };
}

/** Nothing waits for the clusters of a proxy that starts: until they are warm it asks for nothing else. */
function warmingAtStart({ n, manifest }: Step, contentsOf: ContentsOf): Warming {
  const { hasLoop, namesOf } = contentsOf(manifest);
  const unopened: string[] = [];
  for (const name of namesOf('clusters').keys()) {
    if (unopened.length === MAX_WARMING) break; // a herd that starts asks this for every proxy
    if (hasLoop(name)) unopened.push(name);
  }
  return { step: n, unopened, waiting: [], hasOpened: false };
}

interface ClusterSet {
  readonly versionInfo: VersionInfo;
  readonly from: readonly ContentHash[];
}

/** The clusters of several steps as one set. Equal clusters, equal version, whatever steps they come from. */
function setOf(steps: readonly Step[], contentsOf: ContentsOf): ClusterSet {
  const all = steps.map(({ manifest }) => manifest).reverse();
  const known = all.length === 1 && all[0] !== undefined ? contentsOf(all[0]).versionOf('clusters') : undefined;
  if (known !== undefined) return { versionInfo: known, from: all };
  const taken = new Set<string>();
  const from = all.filter((manifest, index) => {
    const names = [...contentsOf(manifest).namesOf('clusters').keys()].filter((name) => !taken.has(name));
    for (const name of names) taken.add(name);
    return index === 0 || names.length > 0;
  });
  const [only, ...others] = from;
  const alone = only !== undefined && others.length === 0 ? contentsOf(only).versionOf('clusters') : undefined;
  return { versionInfo: alone ?? versionOf(unionOf(from, contentsOf)), from };
}

/** Clusters that no step has stand for none: whatever needs some waits until the proxy has shown them. */
function markOfSet(trail: Trail, versionInfo: string, contentsOf: ContentsOf): Mark {
  const step = trail.steps.findLast((known) => setOf([known], contentsOf).versionInfo === versionInfo);
  return step ? { versionInfo, step: step.n, from: [step.manifest] } : { versionInfo, step: 0 };
}

/** Which clusters the proxy must still warm; those of the newest step that it was told of before are not told again. */
function warmingFor(trail: Trail, { shown }: Place, contentsOf: ContentsOf): Warming {
  const newest = newestStep(trail);
  if (trail.warming.step === newest.n) return trail.warming;
  const had = unionOf(shown?.from ?? [], contentsOf);
  const manifests = [...trail.steps.map(({ manifest }) => manifest), ...(trail.clusters?.shown?.from ?? [])];
  const all = manifests.map(contentsOf);
  const hasLoop = (name: string): boolean => all.some((contents) => contents.hasLoop(name));
  const unopened = [...contentsOf(newest.manifest).namesOf('clusters')]
    .filter(([name, hash]) => had.get(name) !== hash && hasLoop(name))
    .map(([name]) => name)
    .slice(0, MAX_WARMING);
  const waiting = [...new Set([...trail.warming.waiting.filter(hasLoop), ...unopened])];
  return { step: newest.n, unopened, waiting: waiting.slice(0, MAX_WARMING), hasOpened: false };
}

/** Keeps a record small: of more clusters that come at once the rest is taken to be as quick as these. */
const MAX_WARMING = 200;

/** A new poll loop for the endpoints of a cluster shows that the proxy has taken the cluster, its next poll that it is warm. */
export function withEndpointsPoll(trail: Trail, cluster: string, isNewLoop: boolean): Trail {
  const { warming } = trail;
  const { unopened, waiting } = warming;
  if (!(isNewLoop ? unopened : waiting).includes(cluster)) return trail;
  const left = (names: readonly string[]): readonly string[] => names.filter((name) => name !== cluster);
  return isNewLoop
    ? { ...trail, warming: { ...warming, unopened: left(unopened), hasOpened: true } }
    : { ...trail, warming: { ...warming, waiting: left(waiting) } };
}

/** How long something newer is held back: so many polls of a loop at its slowest, after which it is given all the same. */
const MAX_HELD_POLLS = 10;
export const holdLimit = (refresh: DurationMs): DurationMs => durationMs(MAX_HELD_POLLS * 2 * refresh);

export interface NamedPoll extends Carried {
  readonly channel: string;
  readonly holdLimit: DurationMs;
  /** Whether a snapshot has endpoints for a cluster that has none at the proxy: what leads there waits for them. */
  readonly fills: (manifest: ContentHash) => boolean;
}

/** Answers a poll for listeners, or for routes by name. `undefined` when no step has anything of what it asks for. */
export function orderNamed(before: Trail, poll: NamedPoll, contentsOf: ContentsOf): OrderedAnswer | undefined {
  const { channel, versionInfo: carried } = poll;
  const versionAt = (step: Step): VersionInfo | undefined => contentsOf(step.manifest).versionOf(channel);
  const newest = newestStep(before);
  const place = arrived(before.places[channel], carried, () => markOfStep(before, carried, versionAt));
  const moved = (next: Place): Trail => trimmed({ ...before, places: { ...before.places, [channel]: next } });
  const current = versionAt(newest);
  if (current !== undefined && carried === current) {
    const trail = moved({ ...shownAt(place, newest.n), sent: [] });
    return { trail, versionInfo: current, from: hasPartsOfOther(place) ? [newest.manifest] : [] };
  }

  if (current === undefined && carried !== '' && poll.now - newest.since > LONGEST_DRAIN) {
    const { [channel]: _drained, ...places } = before.places;
    return kept(trimmed({ ...before, places }), carried);
  }
  const step = stepFor(before, { place, poll, versionAt }, contentsOf);
  if (step === undefined && current === undefined) {
    return carried === '' ? undefined : kept(moved(place), carried);
  }
  const versionInfo = step && versionAt(step);
  if (step && versionInfo !== undefined && versionInfo !== carried) {
    return { trail: moved(sentAt(place, { versionInfo, step: step.n })), versionInfo, from: [step.manifest] };
  }
  const waiting = step ? shownAt(place, step.n) : place;
  if (current === undefined) return kept(moved(waiting), carried);
  const heldSince = place.heldSince ?? poll.now;
  if (carried !== '' && poll.now - heldSince <= poll.holdLimit) return kept(moved({ ...waiting, heldSince }), carried);
  const forced = carried === '' ? {} : { forced: newest.n };
  const sent = sentAt(place, { versionInfo: current, step: newest.n });
  return { trail: moved({ ...sent, ...forced }), versionInfo: current, from: [newest.manifest] };
}

/**
 * How long a loop counts whose name is gone from the newest snapshot: the connections of a listener that is no more go on with
 * its routes until they are drained, for ten minutes unless Envoy is told otherwise, and somewhat longer where it is.
 */
const LONGEST_DRAIN = durationMs(15 * 60 * 1000);

/**
 * Whether the loop was sent something that it did not take. It may run parts of it behind the version that it shows, so it is
 * sent what that version stands for once more.
 */
const hasPartsOfOther = ({ sent }: Place): boolean => sent.length > 0;

const kept = (trail: Trail, carried: string): OrderedAnswer => ({
  trail,
  versionInfo: echoedVersion(carried),
  from: [],
});

/** What the loop shows is also what a newer step would give it. */
function shownAt({ shown, sent, heldSince: _over, ...rest }: Place, step: number): Place {
  const raised = shown && { shown: { ...shown, step } };
  return { ...rest, ...raised, sent: sent.filter((mark) => mark.versionInfo !== shown?.versionInfo) };
}

function sentAt({ sent, heldSince: _over, ...rest }: Place, mark: Mark): Place {
  const others = sent.filter(({ step, versionInfo }) => step !== mark.step || versionInfo !== mark.versionInfo);
  return { ...rest, sent: [...others, mark] };
}

/** What a loop has when its poll has come. A version that it never was given and no step has may need the oldest clusters. */
function arrived(place: Place | undefined, carried: string, find: () => Mark): Place {
  if (carried === '') return { sent: [] };
  const taken = place?.sent.find(({ versionInfo }) => versionInfo === carried);
  const forced = place?.forced === undefined ? {} : { forced: place.forced };
  if (taken) return { shown: taken, sent: [], ...forced };
  return place?.shown?.versionInfo === carried ? place : { shown: find(), sent: [], ...forced };
}

function markOfStep(trail: Trail, versionInfo: string, versionAt: (step: Step) => string | undefined): Mark {
  const step = trail.steps.findLast((known) => versionAt(known) === versionInfo) ?? trail.steps[0] ?? newestStep(trail);
  return { versionInfo, step: step.n };
}

interface Choice {
  readonly place: Place;
  readonly poll: NamedPoll;
  readonly versionAt: (step: Step) => VersionInfo | undefined;
}

/**
 * The newest step that the proxy is ready for and that has what the loop asks for. While clusters warm a loop stays where it
 * is; a new one, which has nothing, is started from before them if it can be.
 */
function stepFor(trail: Trail, { place, poll, versionAt }: Choice, contentsOf: ContentsOf): Step | undefined {
  const had = place.shown?.step ?? 0;
  const given = Math.max(had, place.forced ?? 0);
  const isNew = poll.versionInfo === '';
  const ready = readyStep(trail);
  const isWarm = trail.warming.waiting.length === 0;
  const warm = isWarm ? ready : Math.min(ready, isNew ? stepBefore(trail, poll.channel) : had);
  const asked = trail.steps.filter((step) => step.n >= had && versionAt(step) !== undefined);
  const isReady = ({ n, manifest }: Step): boolean => n <= given || (n <= warm && !poll.fills(manifest));
  const choice = asked.findLast(isReady);
  if (choice || !isNew) return choice;
  const names = unionOf(trail.clusters?.shown?.from ?? [], contentsOf);
  const isNamed = ({ manifest }: Step): boolean =>
    [...contentsOf(manifest).namesOf('clusters').keys()].every((name) => names.has(name)) && !poll.fills(manifest);
  return asked.findLast(isNamed) ?? asked.findLast(({ n }) => n <= ready);
}

/** A step from which a new loop may start while clusters warm: routes from that of the listeners that name them. */
function stepBefore({ places, warming }: Trail, channel: string): number {
  const { shown, sent = [] } = (channel === 'listeners' ? undefined : places['listeners']) ?? {};
  const marks = [...(shown ? [shown] : []), ...sent];
  return marks.length > 0 ? Math.max(...marks.map(({ step }) => step)) : warming.step - 1;
}

/**
 * The newest step whose clusters the proxy has. One that has just been started asks for listeners when it has taken its first
 * clusters, and not before; one that never asks for clusters has all that it will have.
 */
function readyStep({ clusters }: Trail): number {
  if (clusters === undefined) return Number.POSITIVE_INFINITY;
  const { shown, sent } = clusters;
  return shown?.step ?? sent[0]?.step ?? 0;
}

/** What a loop waits for, or was given without waiting any longer; for people who look at how a proxy stands. */
export interface Hold {
  readonly heldSince?: EpochMs;
  readonly isForced: boolean;
}

/** A loop stays forced until the proxy shows the clusters of what it was given. */
export function holdOf(trail: Trail | undefined, channel: string): Hold {
  const { heldSince, forced = 0 } = trail?.places[channel] ?? {};
  return {
    ...(heldSince === undefined ? {} : { heldSince }),
    isForced: trail !== undefined && forced > readyStep(trail),
  };
}
