import { type DurationMs, durationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import { withEndpointsPoll } from '../../delivery/order-polls.ts';
import { answered, type Channel, hasEnded, heard } from '../../delivery/read-acks.ts';
import type { Standing } from '../../delivery/serve-poll.ts';
import { isSameTrail, NOTHING_WARMS } from '../../delivery/trail.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Etag, RecordKey, Records, StoredRecord } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import { listAll } from '../list-all.ts';

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

/** What the poll changed in what is known of its loop. */
export interface NotedChange {
  readonly isFirstPoll: boolean;
  readonly before: Channel | undefined;
  readonly after: Channel | undefined;
}

/** What a poll makes of what is known: pure but for what it reads. `mustBeKnown` says that others must know before it is answered. */
export interface Plan<Answer> {
  readonly standing: Standing;
  readonly mustBeKnown: boolean;
  readonly answer: Answer;
}

export type Planned<Answer> =
  | { readonly outcome: 'planned'; readonly answer: Answer; readonly change: NotedChange }
  /** Others answered the proxy at the same time, again and again, or the store is away. */
  | { readonly outcome: 'not-agreed' };

export interface ProxyStates {
  /** What is known of the proxy, as far as this process knows. */
  standing(facts: ProxyFacts): Promise<Standing>;
  /** Takes down that a loop polled and was told that nothing changed. */
  touch(poll: PollingProxy): Promise<void>;
  /**
   * Answers one poll by a plan. Polls of one proxy take turns. Where several processes answer, the plan is made from what the store
   * has, and what others must know is written before the answer is given; when another was faster it is made again.
   */
  plan<Answer>(poll: PollingProxy, make: (standing: Standing) => Promise<Plan<Answer>>): Promise<Planned<Answer>>;
  /** Takes down that the newest answer to a loop came too late or never left. */
  noteLate(poll: PollingProxy): Promise<void>;
  /** Takes down one answered poll; what is new is written by the next `flush`. */
  note(poll: NotedPoll): Promise<NotedChange>;
  /** Writes what changed (DLV-6): sent, taken, identity, or a minute of polling. What the store refuses for now is kept. */
  flush(): Promise<void>;
  /** Who this process has heard of within the retention time. */
  polling(): Promise<readonly ProxyFacts[]>;
  /** Every proxy that polled within the retention time, as this process or the store saw it last. */
  all(): Promise<readonly ProxyState[]>;
}

interface ProxyStatesOptions {
  /** Whether this is the only process that answers polls: then its memory is the truth, and is written now and then. */
  readonly hearsAllPolls: boolean;
}

/** How long a proxy that has gone is remembered (PS-3). */
export const PROXY_RETENTION = durationMs(24 * 60 * 60 * 1000);
/** A proxy with nothing new is written this often, which is how others know that it is there (DLV-6). */
const HEARTBEAT: DurationMs = durationMs(60_000);
/** Keeps a record under what a store can hold; a loop beyond it is learned again from its next poll. */
const MAX_STORED_CHANNELS = 1_000;
export const PROXIES = 'proxies';

interface Held {
  /** Of its record. */
  readonly id: string;
  state: ProxyState | undefined;
  etag: Etag | undefined;
  /** Clusters whose loops for endpoints this process has heard of since it last wrote. */
  readonly endpointPolls: Map<string, boolean>;
  changes: number;
  writtenChanges: number;
  writtenAt: EpochMs;
  /** Ends when the poll before is answered: polls of one proxy take turns. */
  turn: Promise<unknown>;
}

export function proxyStates(
  records: Records,
  clock: Pick<Clock, 'now'>,
  { hearsAllPolls }: ProxyStatesOptions,
): ProxyStates {
  const held = new Map<string, Promise<Held>>();
  const isRemembered = (state: ProxyState): boolean => clock.now() - state.lastPolledAt < PROXY_RETENTION;
  const slack = pollSlack(hearsAllPolls);

  const find = ({ id: nodeId }: ProxyFacts): Promise<Held> => {
    const known = held.get(nodeId);
    if (known) return known;
    const reading = readHeld(records, recordId(nodeId));
    held.set(nodeId, reading);
    reading.catch(() => held.delete(nodeId));
    return reading;
  };
  return {
    async standing(facts) {
      return (await find(facts)).state ?? NOTHING_KNOWN;
    },
    async touch(poll) {
      const entry = await find(poll.facts);
      return inTurn(entry, () => noteInChannel(entry, poll, (channel) => ({ ...channel, polledAt: poll.at })));
    },
    async plan(poll, make) {
      const entry = await find(poll.facts);
      return inTurn(entry, () =>
        hearsAllPolls ? planAlone(entry, poll, make) : planTogether({ records, entry }, poll, make),
      );
    },
    async noteLate(poll) {
      const entry = await find(poll.facts);
      return inTurn(entry, () => noteInChannel(entry, poll, (channel) => ({ ...channel, isLate: true })));
    },
    async note(poll) {
      const entry = await find(poll.facts);
      return inTurn(entry, () => (hearsAllPolls ? noteAlone(entry, poll) : noteTogether(records, entry, poll)));
    },
    async flush() {
      for (const [nodeId, reading] of held) {
        const entry = await reading;
        if (entry.changes !== entry.writtenChanges) await inTurn(entry, () => write(records, entry, slack));
        if (entry.state && !isRemembered(entry.state)) held.delete(nodeId);
      }
    },
    polling: async () => (await Promise.all(held.values())).flatMap(({ state }) => state?.facts ?? []),
    async all() {
      const states = new Map<string, ProxyState>();
      for await (const { id, record } of listAll<ProxyState>(records, PROXIES)) states.set(id, record);
      for (const reading of held.values()) {
        const entry = await reading;
        const stored = states.get(entry.id);
        if (entry.state)
          states.set(entry.id, stored && !hearsAllPolls ? merge(stored, entry.state, entry) : entry.state);
      }
      return [...states.values()].filter(isRemembered).map((state) => living(state, slack));
    },
  };
}

const NOTHING_KNOWN: Standing = { channels: {} };

/** How old what is known of a proxy's last poll may be: others write what they heard now and then (DLV-6). */
export function pollSlack(hearsAllPolls: boolean): DurationMs {
  return hearsAllPolls ? durationMs(0) : HEARTBEAT;
}

function inTurn<Result>(entry: Held, act: () => Result | Promise<Result>): Promise<Result> {
  const acting = entry.turn.then(act);
  entry.turn = acting.catch(() => undefined); // whoever waits for the turn has nothing to do with how the one before ended
  return acting;
}

function noteInChannel(entry: Held, poll: PollingProxy, noted: (channel: Channel) => Channel): void {
  const { state } = entry;
  const channel = state?.channels[poll.channel];
  if (channel) change(entry, poll, { ...state, channels: { ...state.channels, [poll.channel]: noted(channel) } });
}

/** Whether the poll says or is told anything but that the proxy still has what it was known to have. */
function isNews({ state }: Held, { channel, carried, answered: versionInfo }: NotedPoll): boolean {
  const known = state?.channels[channel];
  return known?.acked !== carried || known.sent !== carried || versionInfo !== carried;
}

/**
 * After taking over what other processes heard since: what one has sent shows in a poll that another one hears, and only
 * against that can it be read as taken or rejected. Polls without news go on without a read (DLV-1).
 */
async function noteTogether(records: Pick<Records, 'get'>, entry: Held, poll: NotedPoll): Promise<NotedChange> {
  try {
    if (isNews(entry, poll)) await refresh(records, keyOf(entry.id), entry);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error; // what this process knows has to do (DLV-8)
  }
  return noteAlone(entry, poll);
}

function noteAlone(entry: Held, poll: NotedPoll): NotedChange {
  const { carried, answered: versionInfo, at, facts, channel, rejection } = poll;
  const { channels } = entry.state ?? NOTHING_KNOWN;
  const before = channels[channel];
  const heardPoll = { carried, at, refresh: facts.refresh, isLateEchoTrue: true, refusal: rejection?.reason };
  const after = heard(before, heardPoll);
  const isNewlyRejected = rejection !== undefined && after.rejected !== before?.rejected;
  const seen = isNewlyRejected ? { ...after, suspects: rejection.suspects } : after;
  return change(entry, poll, { ...entry.state, channels: { ...channels, [channel]: answered(seen, versionInfo, at) } });
}

async function planAlone<Answer>(entry: Held, poll: PollingProxy, make: MakePlan<Answer>): Promise<Planned<Answer>> {
  const { standing, answer } = await make(entry.state ?? NOTHING_KNOWN);
  return { outcome: 'planned', answer, change: change(entry, poll, standing) };
}

type MakePlan<Answer> = (standing: Standing) => Promise<Plan<Answer>>;

/** Answers of one proxy that several processes give in one moment; more than these are asked to come again. */
const MAX_PLAN_ATTEMPTS = 6;

interface SharedEntry {
  readonly records: Records;
  readonly entry: Held;
}

async function planTogether<Answer>(
  { records, entry }: SharedEntry,
  poll: PollingProxy,
  make: MakePlan<Answer>,
): Promise<Planned<Answer>> {
  const key = keyOf(entry.id);
  try {
    for (let attempt = 0; attempt < MAX_PLAN_ATTEMPTS; attempt += 1) {
      await refresh(records, key, entry);
      const { standing, mustBeKnown, answer } = await make(entry.state ?? NOTHING_KNOWN);
      const next = nextState(entry.state, poll, standing);
      if (!mustBeKnown) return { outcome: 'planned', answer, change: change(entry, poll, standing) };
      const etag = await records.putIf(key, storable(next), entry.etag);
      if (etag === undefined) continue;
      const noted = change(entry, poll, standing);
      Object.assign(entry, { etag, writtenChanges: entry.changes, writtenAt: poll.at });
      entry.endpointPolls.clear();
      return { outcome: 'planned', answer, change: noted };
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error; // a poll that cannot be agreed on is answered without changing anything
  }
  return { outcome: 'not-agreed' };
}

/** Takes over what others wrote of the proxy. */
async function refresh(records: Pick<Records, 'get'>, key: RecordKey, entry: Held): Promise<void> {
  const stored = await records.get<ProxyState>(key);
  if (stored?.etag === entry.etag) return;
  entry.etag = stored?.etag;
  if (stored) entry.state = entry.state ? merge(stored.record, entry.state, entry) : stored.record;
}

function nextState(before: ProxyState | undefined, poll: PollingProxy, standing: Standing): ProxyState {
  const { facts, nodeHash, viewKey, at } = poll;
  const { trail, channels } = standing;
  const times = { firstPolledAt: before?.firstPolledAt ?? at, lastPolledAt: at };
  return { facts, nodeHash, viewKey, ...times, ...(trail && { trail }), channels };
}

/** Puts what a poll made of what was known in its place, and counts it as new if anyone must be told. */
function change(entry: Held, poll: PollingProxy, standing: Standing): NotedChange {
  const state = entry.state;
  const before = state?.channels[poll.channel];
  const after = standing.channels[poll.channel];
  entry.state = nextState(state, poll, standing);
  noteEndpointPoll(entry, state, standing);
  const isNew = state === undefined || state.nodeHash !== poll.nodeHash || state.viewKey !== poll.viewKey;
  const isOther = !isSame(before, after) || !isSameTrail(state?.trail, standing.trail);
  if (isNew || isOther || poll.at - entry.writtenAt >= HEARTBEAT) entry.changes += 1;
  return { isFirstPoll: state === undefined, before, after };
}

/** Remembers which loops for endpoints this poll is of, until it is written: another process may write the trail meanwhile. */
function noteEndpointPoll({ endpointPolls }: Held, before: ProxyState | undefined, { trail }: Standing): void {
  const [was, is] = [before?.trail?.warming ?? NOTHING_WARMS, trail?.warming ?? NOTHING_WARMS];
  if (was === is || was.step !== is.step) return;
  const [waiting, unopened] = [new Set(is.waiting), new Set(is.unopened)];
  for (const name of was.waiting) if (!waiting.has(name)) endpointPolls.set(name, false);
  for (const name of was.unopened) if (!unopened.has(name)) endpointPolls.set(name, true);
}

const recordId = (nodeId: string): string => hashBytes(nodeId);
const keyOf = (id: string): RecordKey => ({ partition: PROXIES, id });

async function readHeld(records: Pick<Records, 'get'>, id: string): Promise<Held> {
  const stored = await readIfThere(records, id);
  return {
    id,
    state: stored?.record,
    etag: stored?.etag,
    endpointPolls: new Map(),
    changes: 0,
    writtenChanges: 0,
    writtenAt: stored?.record.lastPolledAt ?? epochMs(0),
    turn: Promise.resolve(),
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

function isSame(before: Channel | undefined, after: Channel | undefined): boolean {
  return (
    before?.sent === after?.sent &&
    before?.acked === after?.acked &&
    before?.unechoed === after?.unechoed &&
    before?.rejected === after?.rejected &&
    before?.isEmpty === after?.isEmpty
  );
}

const MAX_WRITE_ATTEMPTS = 3;

/** Writes one proxy; a writer that was faster knows other loops, so its state is merged and not overwritten. */
async function write(records: Records, entry: Held, slack: DurationMs): Promise<void> {
  const key = keyOf(entry.id);
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS && entry.state; attempt += 1) {
    const state = living(entry.state, slack);
    const { changes } = entry;
    entry.state = state;
    const next = await records.putIf(key, storable(state), entry.etag);
    if (next !== undefined) {
      entry.etag = next;
      entry.writtenChanges = changes;
      entry.writtenAt = state.lastPolledAt;
      entry.endpointPolls.clear();
      return;
    }
    await refresh(records, key, entry);
  }
}

/** Of each loop what was heard last. Of the order of answers the store is right: it is written before they leave. */
function merge(stored: ProxyState, mine: ProxyState, { endpointPolls }: Held): ProxyState {
  const heardLater = Object.entries(mine.channels).filter(
    ([key, channel]) => channel.polledAt >= (stored.channels[key]?.polledAt ?? 0),
  );
  const { trail: _mine, ...newer } = stored.lastPolledAt > mine.lastPolledAt ? stored : mine;
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
