import type { DurationMs, EpochMs } from '../base/brand.ts';

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
  /** Polls in a row that did not show what was sent. */
  readonly unechoed: number;
  /** A version that it was sent and did not take; stays until it takes another one (LAB-4, PX-15). */
  readonly rejected?: string;
}

/** One poll and what it was answered. */
export interface Exchange {
  /** The version that the poll carried. */
  readonly carried: string;
  /** The version that the proxy has or should have after the answer. */
  readonly answered: string;
  readonly at: EpochMs;
}

/** How a proxy stands with one type (PX-18, PS-1). */
export type SyncStatus = 'SYNCED' | 'STALE' | 'REJECTED' | 'NOT_SENT' | 'DISCONNECTED';

/**
 * The channel after one more exchange. A poll that does not show what was just sent is a rejection: Envoy may show it in one poll
 * only, before it echoes a version that it has not applied (docs/decisions/0007). A proxy that has nothing at all may also
 * have been restarted, so that is believed only when it happens twice.
 */
export function noteExchange(before: Channel | undefined, { carried, answered, at }: Exchange): Channel {
  const sentAt = before?.sent === answered ? before.sentAt : at;
  const next = { sent: answered, sentAt, polledAt: at, acked: carried };
  if (before === undefined || hasRestarted(before, carried)) return { ...next, unechoed: 0 };
  if (carried === before.sent) {
    const isOld = before.rejected === undefined || before.rejected === carried;
    return { ...next, unechoed: 0, ...(isOld && before.rejected ? { rejected: before.rejected } : {}) };
  }
  const unechoed = before.unechoed + 1;
  const rejected = unechoed >= (carried === '' ? 2 : 1) ? before.sent : before.rejected;
  return { ...next, unechoed, ...(rejected === undefined ? {} : { rejected }) };
}

/** A proxy that had something and polls with nothing is a new process of the same name. */
function hasRestarted(before: Channel, carried: string): boolean {
  return carried === '' && before.acked !== '';
}

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
