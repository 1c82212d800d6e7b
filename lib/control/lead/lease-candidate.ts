import { type DurationMs, durationMs, type EpochMs } from '../../base/brand.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordGuard, RecordKey, Records } from '../../ports/records.ts';
import { StoreRefused, StoreUnavailable } from '../../ports/store-errors.ts';
import {
  type Candidate,
  endedReign,
  type Lease,
  leaseEpoch,
  type LeaseEpoch,
  planLease,
  released,
  RETRY_PERIOD,
  type SeenLease,
} from './lease.ts';

/**
 * What came of one attempt to lead. A leader's writes carry the guard, and so fail once another one has the lease (LE-20).
 * `unknown`: the store could not be asked or did not say, so one does not lead (LE-18).
 */
export type Attempt =
  | { readonly outcome: 'leads'; readonly epoch: LeaseEpoch; readonly guard: RecordGuard }
  | { readonly outcome: 'follows'; readonly holder: string }
  | { readonly outcome: 'unknown'; readonly error: StoreUnavailable | StoreRefused };

/** One candidate for one lease, with what it has seen of it. */
export interface LeaseCandidate {
  readonly identity: string;
  /**
   * Takes the lease, or renews it when it is time to. With `atLeast` a reign that is numbered lower is numbered anew: heads of
   * an older reign would fence it off.
   */
  attempt(atLeast?: LeaseEpoch): Promise<Attempt>;
  /** Gives the lease back. False when that could not be written; true also when it was not held (LE-8). */
  release(): Promise<boolean>;
  /** Whether the holder that was seen last is this candidate (LE-12). */
  isLeader(): boolean;
  /** How long ago the lease was last seen to change; `undefined` before it was ever seen. */
  age(): DurationMs | undefined;
}

export interface LeasePorts {
  readonly records: Pick<Records, 'get' | 'putIf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export function leaseCandidate(ports: LeasePorts, key: RecordKey, candidate: Candidate): LeaseCandidate {
  const { records, clock, log } = ports;
  let seen: SeenLease | undefined;
  const isMine = (lease: Lease | undefined): boolean => lease?.holderIdentity === candidate.identity;

  const look = async (): Promise<void> => {
    const stored = await records.get<Lease>(key);
    if (stored === undefined) seen = undefined;
    else if (stored.etag !== seen?.etag) seen = { lease: stored.record, etag: stored.etag, since: clock.now() };
  };
  const write = async (lease: Lease, at: EpochMs): Promise<boolean> => {
    const etag = await records.putIf(key, lease, seen?.etag);
    if (etag === undefined) return false;
    // From before the write: others see it change later than that, and so wait longer than this one believes to lead.
    seen = { lease, etag, since: at };
    return true;
  };
  const attempt = async (atLeast: LeaseEpoch): Promise<Attempt> => {
    await look();
    const now = clock.now();
    if (seen && isMine(seen.lease) && isYoung(seen, now) && seen.lease.leaderTransitions >= atLeast)
      return leading(key, seen);
    const next = planLease(seen, candidate, { now, atLeast });
    switch (next.plan) {
      case 'follow':
        return { outcome: 'follows', holder: next.holder };
      case 'write': {
        if ((await write(next.lease, now)) && seen) return leading(key, seen);
        await look(); // someone was faster (LE-7)
        return { outcome: 'follows', holder: seen?.lease.holderIdentity ?? '' };
      }
      default:
        return unreachable(next);
    }
  };
  return {
    identity: candidate.identity,
    async attempt(atLeast = leaseEpoch(0)) {
      try {
        return await attempt(atLeast);
      } catch (error) {
        if (!(error instanceof StoreUnavailable || error instanceof StoreRefused)) throw error;
        log.warn('lease-unknown', { lease: key.id, code: error.code, reason: error.message });
        return { outcome: 'unknown', error };
      }
    },
    async release() {
      if (!seen || !isMine(seen.lease)) return true;
      try {
        return await write(released(seen.lease, clock.now()), clock.now());
      } catch (error) {
        log.error('lease-not-released', { lease: key.id, error });
        return false;
      }
    },
    isLeader: () => isMine(seen?.lease),
    age: () => (seen === undefined ? undefined : durationMs(clock.now() - seen.since)),
  };
}

const leading = (key: RecordKey, { lease, etag }: SeenLease): Attempt => ({
  outcome: 'leads',
  epoch: lease.leaderTransitions,
  guard: { key, etag },
});

/** A lease that its holder renewed within the retry period is not written again, however often it is asked for. */
const isYoung = ({ since }: SeenLease, now: EpochMs): boolean => now >= since && now - since < RETRY_PERIOD;

/** A reign, and what a write in it is guarded with. */
export interface SeenReign {
  readonly epoch: LeaseEpoch;
  /** The lease as it was seen. */
  readonly guard: RecordGuard;
}

/**
 * The reign that is on now, for one who publishes without leading: a view that nobody builds for yet. Where nobody has ever led, a
 * reign that is over is written down first: without it there would be nothing that the first leader changes.
 */
export async function currentReign({ records, clock }: Omit<LeasePorts, 'log'>, key: RecordKey): Promise<SeenReign> {
  const found = await reignNow(records, key);
  if (found) return found;
  await records.putIf(key, endedReign(clock.now()), undefined);
  const begun = await reignNow(records, key);
  if (begun) return begun;
  throw new StoreUnavailable(`${key.partition}/${key.id}`, new Error('the lease was taken away'));
}

/** The reign that is on, or that has ended without a successor, for one who builds what its leader handed out. */
export async function reignNow(records: Pick<Records, 'get'>, key: RecordKey): Promise<SeenReign | undefined> {
  const found = await records.get<Lease>(key);
  return found && { epoch: found.record.leaderTransitions, guard: { key, etag: found.etag } };
}
