import { type DurationMs, durationMs, type EpochMs } from '../base/brand.ts';

/**
 * What one poll loop of a proxy has been told and has taken. REST has neither ACK nor NACK: a proxy shows what it took by the
 * version in its next poll (DLV-5, PS-2). Texts are version infos; empty means none.
 */
export interface Channel {
  /** What the newest answer said the proxy should have. */
  readonly sent: string;
  readonly sentAt: EpochMs;
  readonly polledAt: EpochMs;
  /** What its newest poll carried. */
  readonly acked: string;
  /** How much speaks for a refusal: polls in a row that did not show what was sent, those after a lost answer for less. */
  readonly unechoed: number;
  /** A version that it was sent and did not take; stays until it takes another one (LAB-4, PX-15). */
  readonly rejected?: string;
  /** Why it did not, where it said so. */
  readonly reason?: string;
  /** Names of what changed in the version that it did not take. */
  readonly suspects?: readonly string[];
  /** Whether the newest answer came after the proxy had stopped waiting for it. */
  readonly isLate?: true;
  /** Of a loop for endpoints: whether it may have none. */
  readonly isEmpty?: true;
}

/** What a poll says of the answer before it. */
export interface Heard {
  /** The version that the poll carried. */
  readonly carried: string;
  readonly at: EpochMs;
  readonly refresh: DurationMs;
  /**
   * What a version is worth that was not shown at once and is shown now. `yes`: it was taken now, the first answer was lost.
   * `no`: Envoy refuses some clusters once and then echoes a version that it has not applied.
   */
  readonly isLateEchoTrue: boolean;
  /** Why the proxy did not take what it was sent, if the poll says that outright; Envoy's REST polls never do (PX-15). */
  readonly refusal?: string | undefined;
}

/** Polls that do not show what was sent, as many as make it a rejection; one alone may come of a lost answer. */
const UNECHOED_LIMIT = 2;
/** What a poll counts for when the answer before it was lost for all that can be seen: four of them are no accident. */
const LOST_COUNTS = 0.5;

/**
 * The channel when a poll has come. Envoy polls one to two refresh times after it has an answer; a poll that comes later than
 * that comes from a proxy that waited for an answer and gave it up.
 */
export function heard(before: Channel | undefined, poll: Heard): Channel {
  const { carried, at } = poll;
  if (before === undefined) return { sent: '', sentAt: at, polledAt: at, acked: carried, unechoed: 0 };
  const { rejected: _rejected, reason: _reason, suspects: _suspects, isLate: _isLate, ...plain } = before;
  const seen = { ...plain, polledAt: at, acked: carried };
  // A proxy that had something and polls with nothing is a new process of the same name, or a loop that began again.
  if (carried === '' && before.acked !== '') return { ...seen, unechoed: 0 };
  const old = rejectionOf(before);
  if (before.sent === '') return { ...seen, ...old };
  if (carried === before.sent && poll.refusal === undefined) {
    if (before.rejected === carried) return { ...seen, ...old, unechoed: 0 };
    const isDoubtful = before.unechoed >= 1 && !poll.isLateEchoTrue;
    return { ...seen, unechoed: 0, ...(isDoubtful ? { rejected: carried } : {}) };
  }
  const weight = poll.refusal !== undefined ? UNECHOED_LIMIT : wasLost(before, poll) ? LOST_COUNTS : 1;
  const unechoed = before.unechoed + weight;
  const isNew = unechoed >= UNECHOED_LIMIT && before.rejected !== before.sent;
  const reason = poll.refusal ? { reason: poll.refusal } : {};
  return { ...seen, ...(isNew ? { rejected: before.sent, ...reason } : old), unechoed };
}

function wasLost(before: Channel, { at, refresh }: Heard): boolean {
  return before.isLate === true || at - before.polledAt > 2 * refresh + ANSWER_TIME;
}

/** From the arrival of a poll to that of its answer at the proxy, at most, when nothing is lost. */
const ANSWER_TIME = durationMs(1_000);

function rejectionOf({ rejected, reason, suspects }: Channel): Pick<Channel, 'rejected' | 'reason' | 'suspects'> {
  return {
    ...(rejected === undefined ? {} : { rejected }),
    ...(reason === undefined ? {} : { reason }),
    ...(suspects === undefined ? {} : { suspects }),
  };
}

/** The channel when its poll has been answered. What is sent for the first time has not been refused yet. */
export function answered(channel: Channel, versionInfo: string, at: EpochMs): Channel {
  return channel.sent === versionInfo ? channel : { ...channel, sent: versionInfo, sentAt: at, unechoed: 0 };
}

/** How a proxy stands with one type (PX-18, PS-1). */
export type SyncStatus = 'SYNCED' | 'STALE' | 'REJECTED' | 'NOT_SENT' | 'DISCONNECTED';

/** What is known of a channel when its status is asked for. */
export interface ChannelSight {
  readonly channel: Channel | undefined;
  /** What the proxy would be sent now, if that is known. */
  readonly current: string | undefined;
  readonly lastPolledAt: EpochMs;
  readonly refresh: DurationMs;
  /** By how much what is known of a poll may be out of date: others hear of a proxy only now and then. */
  readonly slack: DurationMs;
  readonly now: EpochMs;
}

/** Envoy polls at random between one and two refresh times; after three it is gone (PS-3). */
const SILENT_REFRESHES = 3;

export function statusOf({ channel, current, lastPolledAt, refresh, slack, now }: ChannelSight): SyncStatus {
  if (channel === undefined || channel.sent === '') return 'NOT_SENT';
  if (now - lastPolledAt > SILENT_REFRESHES * refresh + slack) return 'DISCONNECTED';
  if (channel.rejected !== undefined) return 'REJECTED';
  return channel.acked === (current ?? channel.sent) ? 'SYNCED' : 'STALE';
}

/** A loop that is silent for so many refresh times while the proxy polls in others has ended: its name is gone from the proxy. */
const ENDED_REFRESHES = 6;

export function hasEnded(
  channel: Channel,
  { lastPolledAt, refresh, slack }: Pick<ChannelSight, 'lastPolledAt' | 'refresh' | 'slack'>,
): boolean {
  return lastPolledAt - channel.polledAt > ENDED_REFRESHES * refresh + slack;
}

const severity: Readonly<Record<SyncStatus, number>> = {
  SYNCED: 0,
  NOT_SENT: 1,
  STALE: 2,
  REJECTED: 3,
  DISCONNECTED: 4,
};

/** What is said of a type that is polled in many loops: the worst of them. */
export function worstOf(statuses: readonly SyncStatus[]): SyncStatus {
  return statuses.reduce<SyncStatus>(
    (worst, status) => (severity[status] > severity[worst] ? status : worst),
    'SYNCED',
  );
}
