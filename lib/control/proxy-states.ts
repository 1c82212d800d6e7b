import { type DurationMs, durationMs, epochMs, type EpochMs } from '../base/brand.ts';
import { type ContentHash, hashBytes } from '../base/hashing.ts';
import { type Channel, type Exchange, hasEnded, noteExchange } from '../delivery/read-acks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Etag, RecordKey, Records, StoredRecord } from '../ports/records.ts';
import { StoreUnavailable } from '../ports/store-errors.ts';
import type { ProxyFacts } from '../view/proxy-facts.ts';
import type { ViewKey } from '../view/proxy-view.ts';
import { listAll } from './list-all.ts';

/** What is known of one proxy: who it is, which view it has, and what each of its poll loops was sent and took (PS-1). */
export interface ProxyState {
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
  readonly viewKey: ViewKey;
  readonly firstPolledAt: EpochMs;
  readonly lastPolledAt: EpochMs;
  /** By the path of the type, with the names asked for behind a slash: `clusters`, `endpoints/outbound|80||a.b`. */
  readonly channels: Readonly<Record<string, Channel>>;
}

/** One poll that was answered. */
export interface NotedPoll extends Exchange {
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
  readonly viewKey: ViewKey;
  readonly channel: string;
}

/** What the poll changed in what is known of its loop. */
export interface NotedChange {
  readonly isFirstPoll: boolean;
  readonly before: Channel | undefined;
  readonly after: Channel;
}

export interface ProxyStates {
  /** Takes down one answered poll; what is new is written by the next `flush`. */
  note(poll: NotedPoll): Promise<NotedChange>;
  /** Writes what changed (DLV-6): sent, taken, identity, or a minute of polling. What the store refuses for now is kept. */
  flush(): Promise<void>;
  /** Every proxy that polled within the retention time, as this process or the store saw it last. */
  all(): Promise<readonly ProxyState[]>;
}

/** How long a proxy that has gone is remembered (PS-3). */
const RETENTION = durationMs(24 * 60 * 60 * 1000);
/** A proxy with nothing new is written this often, which is how others know that it is there (DLV-6). */
export const HEARTBEAT: DurationMs = durationMs(60_000);
/** Keeps a record under what a store can hold; a loop beyond it is learned again from its next poll. */
const MAX_STORED_CHANNELS = 1_000;
const PARTITION = 'proxies';

interface Held {
  state: ProxyState | undefined;
  etag: Etag | undefined;
  changes: number;
  writtenChanges: number;
  writtenAt: EpochMs;
}

interface ProxyStatesOptions {
  /** False where other processes answer polls of the same proxies. */
  readonly hearsAllPolls: boolean;
}

export function proxyStates(
  records: Records,
  clock: Pick<Clock, 'now'>,
  { hearsAllPolls }: ProxyStatesOptions,
): ProxyStates {
  /** By how much others may have heard of a loop later than is known here. */
  const slack = hearsAllPolls ? durationMs(0) : HEARTBEAT;
  const held = new Map<string, Promise<Held>>();
  const isRemembered = (state: ProxyState): boolean => clock.now() - state.lastPolledAt < RETENTION;

  const find = (id: string): Promise<Held> => {
    const known = held.get(id);
    if (known) return known;
    const reading = readHeld(records, id);
    held.set(id, reading);
    reading.catch(() => held.delete(id));
    return reading;
  };
  return {
    async note(poll) {
      const id = recordId(poll.facts.id);
      const isHeld = held.has(id);
      const entry = await find(id);
      if (!hearsAllPolls && isHeld && isNews(entry, poll)) await catchUp(records, id, entry);
      return noteIn(entry, poll);
    },
    async flush() {
      for (const [id, reading] of held) {
        const entry = await reading;
        if (entry.changes !== entry.writtenChanges) await write(records, id, { entry, slack });
        if (entry.state && !isRemembered(entry.state)) held.delete(id);
      }
    },
    async all() {
      const states = new Map<string, ProxyState>();
      for await (const { id, record } of listAll<ProxyState>(records, PARTITION)) states.set(id, record);
      for (const [id, reading] of held) {
        const { state } = await reading;
        const stored = states.get(id);
        if (state) states.set(id, stored ? merge(stored, state) : state);
      }
      return [...states.values()].filter(isRemembered).map((state) => living(state, slack));
    },
  };
}

const recordId = (nodeId: string): string => hashBytes(nodeId);
const keyOf = (id: string): RecordKey => ({ partition: PARTITION, id });

async function readHeld(records: Pick<Records, 'get'>, id: string): Promise<Held> {
  const stored = await readIfThere(records, id);
  return {
    state: stored?.record,
    etag: stored?.etag,
    changes: 0,
    writtenChanges: 0,
    writtenAt: stored?.record.lastPolledAt ?? epochMs(0),
  };
}

/** With the store down a proxy is served all the same (DLV-8); its state starts from nothing and is merged when written. */
async function readIfThere(records: Pick<Records, 'get'>, id: string): Promise<StoredRecord<ProxyState> | undefined> {
  try {
    return await records.get<ProxyState>(keyOf(id));
  } catch (error) {
    if (error instanceof StoreUnavailable) return undefined;
    throw error;
  }
}

/** Whether the poll says or is told anything but that the proxy still has what it was known to have. */
function isNews({ state }: Held, { channel, carried, answered }: NotedPoll): boolean {
  const known = state?.channels[channel];
  return known?.acked !== carried || known.sent !== carried || answered !== carried;
}

/**
 * Takes over what other processes heard since: what one has sent shows in a poll that another one hears, and only against
 * that can it be read as taken or rejected. Polls without news go on without a read (DLV-1).
 */
async function catchUp(records: Pick<Records, 'get'>, id: string, entry: Held): Promise<void> {
  const stored = await readIfThere(records, id);
  if (stored === undefined) return;
  entry.etag = stored.etag;
  entry.state = entry.state ? merge(stored.record, entry.state) : stored.record;
}

function noteIn(entry: Held, poll: NotedPoll): NotedChange {
  const { facts, nodeHash, viewKey, channel, at } = poll;
  const state = entry.state;
  const before = state?.channels[channel];
  const after = noteExchange(before, poll);
  entry.state = {
    facts,
    nodeHash,
    viewKey,
    firstPolledAt: state?.firstPolledAt ?? at,
    lastPolledAt: at,
    channels: { ...state?.channels, [channel]: after },
  };
  const isNew = state === undefined || state.nodeHash !== nodeHash || state.viewKey !== viewKey;
  if (isNew || !isSame(before, after) || at - entry.writtenAt >= HEARTBEAT) entry.changes += 1;
  return { isFirstPoll: state === undefined, before, after };
}

function isSame(before: Channel | undefined, after: Channel): boolean {
  return before?.sent === after.sent && before.acked === after.acked && before.rejected === after.rejected;
}

const MAX_WRITE_ATTEMPTS = 3;

interface HeldWrite {
  readonly entry: Held;
  readonly slack: DurationMs;
}

/** Writes one proxy; a writer that was faster knows other loops, so its state is merged and not overwritten. */
async function write(records: Records, id: string, { entry, slack }: HeldWrite): Promise<void> {
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS && entry.state; attempt += 1) {
    const state = living(entry.state, slack);
    const { changes } = entry;
    entry.state = state;
    const next = await records.putIf(keyOf(id), storable(state), entry.etag);
    if (next !== undefined) {
      entry.etag = next;
      entry.writtenChanges = changes;
      entry.writtenAt = state.lastPolledAt;
      return;
    }
    const stored = await records.get<ProxyState>(keyOf(id));
    entry.etag = stored?.etag;
    if (stored) entry.state = merge(stored.record, entry.state);
  }
}

/** Of each loop what was heard last. */
function merge(stored: ProxyState, mine: ProxyState): ProxyState {
  const heardLater = Object.entries(mine.channels).filter(
    ([name, channel]) => channel.polledAt >= (stored.channels[name]?.polledAt ?? 0),
  );
  const isNewer = stored.lastPolledAt > mine.lastPolledAt;
  return {
    ...(isNewer ? stored : mine),
    firstPolledAt: epochMs(Math.min(stored.firstPolledAt, mine.firstPolledAt)),
    channels: { ...stored.channels, ...Object.fromEntries(heardLater) },
  };
}

/** Without the loops that have ended. */
function living(state: ProxyState, slack: DurationMs): ProxyState {
  const { lastPolledAt, facts } = state;
  const alive = Object.entries(state.channels).filter(
    ([, channel]) => !hasEnded(channel, { lastPolledAt, refresh: facts.refresh, slack }),
  );
  return { ...state, channels: Object.fromEntries(alive) };
}

function storable(state: ProxyState): ProxyState {
  const channels = Object.entries(state.channels);
  if (channels.length <= MAX_STORED_CHANNELS) return state;
  const newest = channels.sort(([, a], [, b]) => b.sentAt - a.sentAt).slice(0, MAX_STORED_CHANNELS);
  return { ...state, channels: Object.fromEntries(newest) };
}
