import type { DurationMs, EpochMs } from '../base/brand.ts';
import { type ContentHash, hashBytes } from '../base/hashing.ts';
import { unreachable } from '../base/unreachable.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type VersionInfo, echoedVersion, versionOf } from '../snapshot/version-info.ts';
import { noEndpoints } from './no-endpoints.ts';
import { holdLimit, type OrderedAnswer, orderClusters, orderNamed, withEndpointsPoll } from './order-polls.ts';
import { answered, type Channel, hasEnded, heard } from './read-acks.ts';
import { suspectsOf } from './suspects.ts';
import {
  type ContentsOf,
  isSettled,
  newestStep,
  newTrail,
  type Place,
  type StepContents,
  type Trail,
  withNewest,
  withoutChannels,
} from './trail.ts';

/** All that is remembered of one proxy to answer its next poll. */
export interface Standing {
  /** Absent until its first poll is answered. */
  readonly trail?: Trail;
  /** By the path of the type, with the names asked for behind a slash: `clusters`, `endpoints/outbound|80||a.b`. */
  readonly channels: Readonly<Record<string, Channel>>;
}

/** One poll, as far as what it is answered depends on it. */
export interface SeenPoll {
  readonly type: XdsType;
  readonly names: readonly string[];
  /** The version that it carries; empty when its loop is new. */
  readonly carried: string;
  /** Why the proxy did not take what it was sent, if the poll says so. */
  readonly refusal?: string | undefined;
  readonly now: EpochMs;
  readonly refresh: DurationMs;
  /** By how much what is known of the polls of other loops may be out of date. */
  readonly slack: DurationMs;
  /** The snapshot that the proxy is to have in the end. */
  readonly newest: ContentHash;
}

export interface ServedPoll {
  readonly standing: Standing;
  /** What the proxy has after the answer, or should have. */
  readonly versionInfo: VersionInfo;
  /** The snapshots that the answer is made of, newest first; none when the proxy keeps what it has. */
  readonly from: readonly ContentHash[];
}

/** The poll loop that a poll belongs to: Envoy has one per whole set and one per name of the others. */
export function channelOf(path: string, names: readonly string[]): string {
  return names.length === 0 ? path : `${path}/${names.join(',')}`;
}

/**
 * Whether a poll is answered with "up to date" and nothing that is known changes by it: its loop is where it is to be, and shows
 * it. `current` is what the newest snapshot has for it. What else is under way for the proxy does not matter for that.
 */
export function isAtRest(standing: Standing, poll: SeenPoll, current: VersionInfo | undefined): boolean {
  const { trail, channels } = standing;
  const key = channelOf(XDS_TYPES[poll.type].path, poll.names);
  const channel = channels[key];
  const aim = current ?? poll.carried;
  const isShown = poll.carried !== '' && poll.carried === aim && channel?.sent === aim && channel.acked === aim;
  // A rejection of something else is over with this poll, which is news.
  const isNoted = channel?.rejected === undefined || channel.rejected === aim;
  return isShown && isNoted && poll.refusal === undefined && trail !== undefined && isPlaced(trail, poll, key);
}

function isPlaced(trail: Trail, { type, newest }: SeenPoll, key: string): boolean {
  const { n, manifest } = newestStep(trail);
  const isThere = (place: Place | undefined): boolean => place?.shown?.step === n && place.sent.length === 0;
  switch (type) {
    case 'clusters':
      return manifest === newest && trail.steps.length === 1 && isThere(trail.clusters);
    case 'listeners':
    case 'routes':
      return manifest === newest && isThere(trail.places[key]);
    case 'endpoints':
    case 'secrets':
    case 'extension-configs':
      return true;
    default:
      return unreachable(type);
  }
}

/**
 * Answers one poll from what is known of the proxy and from the snapshots that it may be running parts of: what it showed is
 * taken down, then which snapshots its answer is made of is decided (SNAP-3), then what it was answered is taken down.
 */
export function servePoll(before: Standing, poll: SeenPoll, contentsOf: ContentsOf): ServedPoll {
  const { now, newest, carried } = poll;
  const key = channelOf(XDS_TYPES[poll.type].path, poll.names);
  const { trail, channels } = livingPart(before, poll, key);
  const known = withNewest(trail ?? newTrail(newest, now), { manifest: newest, now }, contentsOf);
  const channel = hear({ trail: trail ?? known, channel: channels[key], poll }, contentsOf);
  const answer = orderedAnswer({ known, before: trail, channels, channel, key }, poll, contentsOf);
  const told = answered(channel, isNoSecret(poll, answer) ? '' : answer.versionInfo, now);
  const others = hasBegunAgain(poll, before) ? {} : channels;
  return {
    standing: { trail: answer.trail, channels: { ...others, [key]: withEmptiness(told, poll) } },
    versionInfo: echoedVersion(answer.from.length === 0 ? carried : answer.versionInfo),
    from: answer.from,
  };
}

/** Without the loops that have ended: their names are gone from the proxy. */
function livingPart({ trail, channels }: Standing, { now, refresh, slack }: SeenPoll, key: string): Standing {
  const isOver = ([name, channel]: readonly [string, Channel]): boolean =>
    name !== key && hasEnded(channel, { lastPolledAt: now, refresh, slack });
  const living = Object.fromEntries(Object.entries(channels).filter((entry) => !isOver(entry)));
  if (trail === undefined) return { channels: living };
  return {
    trail: withoutChannels(trail, (name) => Object.hasOwn(channels, name) && !Object.hasOwn(living, name)),
    channels: living,
  };
}

/** A proxy that had clusters and asks for its first is a new process: nothing holds of it that held before. */
function hasBegunAgain({ type, carried }: SeenPoll, { trail }: Standing): boolean {
  return type === 'clusters' && carried === '' && trail?.clusters?.shown !== undefined;
}

/** A proxy refuses an answer without the secret that it asks for, and goes on without it: nothing was sent that it could have taken. */
const isNoSecret = ({ type, names }: SeenPoll, { versionInfo, from }: OrderedAnswer): boolean =>
  type === 'secrets' && from.length > 0 && versionInfo === versionOfNone(names);

interface Hearing {
  readonly trail: Trail;
  readonly channel: Channel | undefined;
  readonly poll: SeenPoll;
}

function hear({ trail, channel, poll }: Hearing, contentsOf: ContentsOf): Channel {
  const { type, carried, refusal, now: at, refresh } = poll;
  const isLateEchoTrue = type !== 'clusters' || hasProof(trail);
  const after = heard(channel, { carried, refusal, at, refresh, isLateEchoTrue });
  const isNews = after.rejected !== undefined && after.rejected !== channel?.rejected;
  if (!isNews) return after;
  const isWhole = type === 'clusters' || type === 'listeners';
  return { ...after, suspects: isWhole ? suspectsOf(trail, type, contentsOf) : poll.names };
}

/** Whether a loop for the endpoints of every cluster that was new has come: the proxy has taken them, whatever it showed before. */
function hasProof(trail: Trail | undefined): boolean {
  return trail !== undefined && trail.warming.hasOpened && trail.warming.unopened.length === 0;
}

interface Ordering {
  /** With the newest snapshot as its last step. */
  readonly known: Trail;
  readonly before: Trail | undefined;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly channel: Channel;
  readonly key: string;
}

function orderedAnswer(ordering: Ordering, poll: SeenPoll, contentsOf: ContentsOf): OrderedAnswer {
  const { known, before, channel, key } = ordering;
  const { type, carried: versionInfo, now, refresh } = poll;
  switch (type) {
    case 'clusters': {
      const isTaken = hasProof(before) || before?.clusters?.shown?.versionInfo === versionInfo;
      const isRejected = versionInfo !== '' && channel.rejected === versionInfo && !isTaken;
      return orderClusters(known, { versionInfo, now, isRejected }, contentsOf);
    }
    case 'listeners':
    case 'routes': {
      const fills = (manifest: ContentHash): boolean => hasForEmpty(ordering.channels, contentsOf(manifest));
      const named = { versionInfo, now, channel: key, holdLimit: holdLimit(refresh), fills };
      return orderNamed(known, named, contentsOf) ?? emptyAnswer(known, poll);
    }
    case 'endpoints':
    case 'secrets':
    case 'extension-configs':
      return unorderedAnswer(ordering, poll, contentsOf);
    default:
      return unreachable(type);
  }
}

/** Whether a snapshot has endpoints for a cluster whose loop has none. */
function hasForEmpty(channels: Ordering['channels'], { endpointsOf }: StepContents): boolean {
  return Object.entries(channels).some(
    ([key, { isEmpty }]) => isEmpty && endpointsOf(key.slice(XDS_TYPES.endpoints.path.length + 1)) === 'some',
  );
}

/** What snapshots have nothing of: an answer without resources, which lets a loop that waits for one go on (PX-12). */
function emptyAnswer(trail: Trail, { names, newest }: SeenPoll): OrderedAnswer {
  return { trail, versionInfo: versionOfNone(names), from: [newest] };
}

const versionOfNone = (names: readonly string[]): VersionInfo => versionOf(names.map((name) => [name, undefined]));

/**
 * Endpoints, secrets and extensions are never held back: always the newest there is. What the newest snapshot has dropped and
 * the proxy still asks for it keeps; a new loop gets the newest there was. One thing waits: the last endpoint of a cluster
 * does not go before the routes that lead to it, because without it they lead nowhere.
 */
function unorderedAnswer({ known, before, key }: Ordering, poll: SeenPoll, contentsOf: ContentsOf): OrderedAnswer {
  const { carried, type, names, newest, now, refresh } = poll;
  const opened = (type === 'endpoints' ? names : []).reduce(
    (trail, name) => withEndpointsPoll(trail, name, carried === ''),
    before ?? known,
  );
  // These polls do not make steps: one would be made for every snapshot in between that the proxy never gets anything of.
  const trail =
    contentsOf(newestStep(opened).manifest).orderKey === contentsOf(newest).orderKey
      ? withNewest(opened, { manifest: newest, now }, contentsOf)
      : opened;
  const keeps: OrderedAnswer = { trail, versionInfo: echoedVersion(carried), from: [] };
  const current = contentsOf(newest).versionOf(key);
  if (carried !== '' && (current === undefined || current === carried)) return keeps;
  const isNeeded = !isSettled(known) && now - newestStep(known).since <= holdLimit(refresh);
  const isGoing =
    type === 'endpoints' && isNeeded && !names.some((name) => contentsOf(newest).endpointsOf(name) === 'some');
  if (current !== undefined && !isGoing) return { trail, versionInfo: current, from: [newest] };
  return carried === '' ? (lastAnswer(trail, poll, contentsOf) ?? emptyAnswer(trail, poll)) : keeps;
}

/** What a new loop is given of what the newest snapshot lacks: of the newest step that has endpoints for it, or has it at all. */
function lastAnswer(
  trail: Trail,
  { type, names, newest }: SeenPoll,
  contentsOf: ContentsOf,
): OrderedAnswer | undefined {
  const key = channelOf(XDS_TYPES[type].path, names);
  const manifests = [...trail.steps.map(({ manifest }) => manifest), newest];
  const has = (manifest: ContentHash): boolean => contentsOf(manifest).versionOf(key) !== undefined;
  const leadsOn = (manifest: ContentHash): boolean =>
    names.every((name) => contentsOf(manifest).endpointsOf(name) === 'some');
  const last = (type === 'endpoints' ? manifests.findLast(leadsOn) : undefined) ?? manifests.findLast(has);
  const versionInfo = last && contentsOf(last).versionOf(key);
  return last && versionInfo && { trail, versionInfo, from: [last] };
}

/** The channel with whether its cluster may be without endpoints; a cluster without any has a version that everyone knows. */
function withEmptiness({ isEmpty: _before, ...channel }: Channel, { type, names, carried }: SeenPoll): Channel {
  if (type !== 'endpoints') return channel;
  const none: string = versionOf(names.map((name) => [name, hashBytes(noEndpoints(name))]));
  return carried === none || channel.sent === none ? { ...channel, isEmpty: true } : channel;
}
