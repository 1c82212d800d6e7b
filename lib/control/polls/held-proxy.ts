import { type EpochMs, epochMs, type DurationMs } from '../../base/brand.ts';
import { hashBytes } from '../../base/hashing.ts';
import type { Channel } from '../../delivery/read-acks.ts';
import type { Standing } from '../../delivery/serve-poll.ts';
import { isSameTrail, NOTHING_WARMS } from '../../delivery/trail.ts';
import type { Etag, RecordKey, Records, StoredRecord } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import {
  HEARTBEAT,
  livingState,
  mergeStates,
  nextState,
  type PollingProxy,
  PROXIES,
  type ProxyState,
  standingOf,
  storableState,
} from './proxy-state.ts';

/** What a process holds of one proxy: what it knows, and how much of that the store has. */
export interface HeldProxy {
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

/** What the poll changed in what is known of its loop. */
export interface NotedChange {
  readonly isFirstPoll: boolean;
  readonly before: Channel | undefined;
  readonly after: Channel | undefined;
}

const keyOf = (id: string): RecordKey => ({ partition: PROXIES, id });

/** What the store has of the proxy of that node id. */
export async function readHeld(records: Pick<Records, 'get'>, nodeId: string): Promise<HeldProxy> {
  const id = hashBytes(nodeId);
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

/** Acts when the polls of the proxy that came before are answered. */
export function inTurn<Result>(entry: HeldProxy, act: () => Result | Promise<Result>): Promise<Result> {
  const acting = entry.turn.then(act);
  entry.turn = acting.catch(() => undefined); // whoever waits for the turn has nothing to do with how the one before ended
  return acting;
}

/** Puts what a poll made of what was known in its place, and counts it as new if anyone must be told. */
export function change(entry: HeldProxy, poll: PollingProxy, standing: Standing): NotedChange {
  const state = entry.state;
  const known = standingOf(state, poll.facts);
  const before = known.channels[poll.channel];
  const after = standing.channels[poll.channel];
  entry.state = nextState(state, poll, standing);
  noteEndpointPoll(entry, known, standing);
  const isNew = state === undefined || state.nodeHash !== poll.nodeHash || state.viewKey !== poll.viewKey;
  const isOther = !isSame(before, after) || !isSameTrail(known.trail, standing.trail);
  if (isNew || isOther || poll.at - entry.writtenAt >= HEARTBEAT) entry.changes += 1;
  return { isFirstPoll: state === undefined, before, after };
}

/** Remembers which loops for endpoints this poll is of, until it is written: another process may write the trail meanwhile. */
function noteEndpointPoll({ endpointPolls }: HeldProxy, before: Standing, { trail }: Standing): void {
  const [was, is] = [before.trail?.warming ?? NOTHING_WARMS, trail?.warming ?? NOTHING_WARMS];
  if (was === is || was.step !== is.step) return;
  const [waiting, unopened] = [new Set(is.waiting), new Set(is.unopened)];
  for (const name of was.waiting) if (!waiting.has(name)) endpointPolls.set(name, false);
  for (const name of was.unopened) if (!unopened.has(name)) endpointPolls.set(name, true);
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

/** Takes over what others wrote of the proxy. */
export async function refresh(records: Pick<Records, 'get'>, entry: HeldProxy): Promise<void> {
  const stored = await records.get<ProxyState>(keyOf(entry.id));
  if (stored?.etag === entry.etag) return;
  entry.etag = stored?.etag;
  if (stored) entry.state = entry.state ? mergeStates(stored.record, entry.state, entry.endpointPolls) : stored.record;
}

const MAX_WRITE_ATTEMPTS = 3;

/** Writes one proxy; a writer that was faster knows other loops, so its state is merged and not overwritten. */
export async function write(records: Records, entry: HeldProxy, slack: DurationMs): Promise<void> {
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS && entry.state; attempt += 1) {
    const state = livingState(entry.state, slack);
    const { changes } = entry;
    entry.state = state;
    const etag = await writeOnce(records, entry, state);
    if (etag !== undefined) return noteWritten(entry, { etag, changes, at: state.lastPolledAt });
    await refresh(records, entry);
  }
}

/** Writes that state; `undefined` when another process wrote since this one read. */
export function writeOnce(
  records: Pick<Records, 'putIf'>,
  { id, etag }: HeldProxy,
  state: ProxyState,
): Promise<Etag | undefined> {
  return records.putIf(keyOf(id), storableState(state), etag);
}

interface Written {
  readonly etag: Etag;
  /** How many changes are in what was written. */
  readonly changes: number;
  readonly at: EpochMs;
}

/** The store has the first so many changes now. */
export function noteWritten(entry: HeldProxy, { etag, changes, at }: Written): void {
  Object.assign(entry, { etag, writtenChanges: changes, writtenAt: at });
  entry.endpointPolls.clear();
}
