import { type DurationMs, durationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import { withEndpointsPoll } from '../../delivery/order-polls.ts';
import { hasEnded } from '../../delivery/read-acks.ts';
import type { Standing } from '../../delivery/serve-poll.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { ViewKey } from '../../view/proxy-view.ts';

/** What is known of one proxy: who it is, which view it has, and what each of its poll loops was sent and took (PS-1). */
export interface ProxyState extends Standing {
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
  readonly viewKey: ViewKey;
  readonly firstPolledAt: EpochMs;
  readonly lastPolledAt: EpochMs;
}

/** Who polled, in which of its loops. */
export interface PollingProxy {
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
  readonly viewKey: ViewKey;
  readonly channel: string;
  readonly at: EpochMs;
}

/** One poll that was answered and whose answer is in no order with others. */
export interface NotedPoll extends PollingProxy {
  /** The version that the poll carried, and the one that the proxy has or should have after the answer. */
  readonly carried: string;
  readonly answered: string;
  /** What the poll said of an answer that the proxy did not take. */
  readonly rejection?: Rejection | undefined;
}

export interface Rejection {
  readonly reason: string;
  /** Names of what that answer changed. */
  readonly suspects: readonly string[];
}

/** Clusters of whose loops for endpoints a process has heard, and whether each is new to the proxy. */
export type EndpointPolls = ReadonlyMap<string, boolean>;

/** Where the records are. */
export const PROXIES = 'proxies';
/** How long a proxy that has gone is remembered (PS-3). */
export const PROXY_RETENTION = durationMs(24 * 60 * 60 * 1000);
/** A proxy with nothing new is written this often, which is how others know that it is there (DLV-6). */
export const HEARTBEAT: DurationMs = durationMs(60_000);
/** Keeps a record under what a store can hold; a loop beyond it is learned again from its next poll. */
const MAX_STORED_CHANNELS = 1_000;

/** How old what is known of a proxy's last poll may be: others write what they heard now and then (DLV-6). */
export function pollSlack(hearsAllPolls: boolean): DurationMs {
  return hearsAllPolls ? durationMs(0) : HEARTBEAT;
}

const NOTHING_KNOWN: Standing = { channels: {} };

const isSameProxy = (one: ProxyFacts, other: ProxyFacts): boolean =>
  one.namespace === other.namespace && one.serviceAccount === other.serviceAccount;

/**
 * What is known of the proxy of a poll. Who polls under the id of a proxy that ran as somebody else is not that proxy, and is given nothing out
 * of the snapshots of its past (IDN-4).
 */
export const standingOf = (state: ProxyState | undefined, facts: ProxyFacts): Standing =>
  state !== undefined && isSameProxy(state.facts, facts) ? state : NOTHING_KNOWN;

/** What is known of a proxy after a poll that made `standing` of what was known. */
export function nextState(before: ProxyState | undefined, poll: PollingProxy, standing: Standing): ProxyState {
  const { facts, nodeHash, viewKey, at } = poll;
  const { trail, channels } = standing;
  const times = { firstPolledAt: before?.firstPolledAt ?? at, lastPolledAt: at };
  return { facts, nodeHash, viewKey, ...times, ...(trail && { trail }), channels };
}

/**
 * What this process and others know of one proxy: of each loop what was heard last. Of the order of answers the store is right: it
 * is written before they leave. Of two that ran as somebody else under one id it is the one that was heard last.
 */
export function mergeStates(stored: ProxyState, mine: ProxyState, endpointPolls: EndpointPolls): ProxyState {
  const later = stored.lastPolledAt > mine.lastPolledAt ? stored : mine;
  if (!isSameProxy(stored.facts, mine.facts)) return later;
  const heardLater = Object.entries(mine.channels).filter(
    ([key, channel]) => channel.polledAt >= (stored.channels[key]?.polledAt ?? 0),
  );
  const { trail: _mine, ...newer } = later;
  const agreed = stored.trail ?? mine.trail;
  const trail =
    agreed && [...endpointPolls].reduce((known, [name, isNew]) => withEndpointsPoll(known, name, isNew), agreed);
  return {
    ...newer,
    firstPolledAt: epochMs(Math.min(stored.firstPolledAt, mine.firstPolledAt)),
    ...(trail && { trail }),
    channels: { ...stored.channels, ...Object.fromEntries(heardLater) },
  };
}

/** Without the loops that have ended. */
export function livingState(state: ProxyState, slack: DurationMs): ProxyState {
  const { lastPolledAt, facts } = state;
  const alive = Object.entries(state.channels).filter(
    ([, channel]) => !hasEnded(channel, { lastPolledAt, refresh: facts.refresh, slack }),
  );
  return { ...state, channels: Object.fromEntries(alive) };
}

/** As much of it as a record holds. */
export function storableState(state: ProxyState): ProxyState {
  const channels = Object.entries(state.channels);
  if (channels.length <= MAX_STORED_CHANNELS) return state;
  const newest = channels.sort(([, a], [, b]) => b.sentAt - a.sentAt).slice(0, MAX_STORED_CHANNELS);
  return { ...state, channels: Object.fromEntries(newest) };
}
