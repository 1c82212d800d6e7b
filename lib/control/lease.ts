import { type Brand, type DurationMs, durationMs, type EpochMs, plus } from '../base/brand.ts';
import { unreachable } from '../base/unreachable.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordKey, Records } from '../ports/records.ts';

/** Number of a reign: grows by one with each builder that takes over, and fences off what an older one still writes (BLD-2). */
export type LeaseEpoch = Brand<number, 'LeaseEpoch'>;
export const leaseEpoch = (reign: number): LeaseEpoch => reign as LeaseEpoch;

/** Who may publish, and until when. */
export interface Lease {
  readonly holder: string;
  readonly epoch: LeaseEpoch;
  readonly renewedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

export type LeasePlan =
  | { readonly plan: 'follow'; readonly holder: string }
  | { readonly plan: 'keep'; readonly epoch: LeaseEpoch }
  | { readonly plan: 'write'; readonly lease: Lease };

const LEASE_KEY: RecordKey = { partition: 'leases', id: 'builder' };
const LEASE_TIME = durationMs(30_000);
/** A lease younger than this is not written again: a builder that is asked every second writes every ten. */
const RENEW_AFTER = durationMs(10_000);

/** One who wants to lead: `reign` is the epoch it holds, if it has won one in this process. */
export interface Candidate {
  readonly holder: string;
  readonly reign: LeaseEpoch | undefined;
}

/** What a candidate does about the lease that it found. A holder that was restarted takes over from itself with a new epoch. */
export function planLease(found: Lease | undefined, candidate: Candidate, now: EpochMs): LeasePlan {
  const lease = (epoch: number): Lease => ({
    holder: candidate.holder,
    epoch: leaseEpoch(epoch),
    renewedAt: now,
    expiresAt: plus(now, LEASE_TIME),
  });
  if (found === undefined) return { plan: 'write', lease: lease(1) };
  const isMine = found.holder === candidate.holder;
  if (isMine && found.epoch === candidate.reign) {
    return isYoung(found, now) ? { plan: 'keep', epoch: found.epoch } : { plan: 'write', lease: lease(found.epoch) };
  }
  if (isMine || now >= found.expiresAt) return { plan: 'write', lease: lease(found.epoch + 1) };
  return { plan: 'follow', holder: found.holder };
}

const isYoung = (lease: Lease, now: EpochMs, age: DurationMs = RENEW_AFTER): boolean =>
  now < plus(lease.renewedAt, age);

/** Takes or renews the lease. Answers the epoch under which the candidate may publish, or `undefined` while another one leads. */
export async function tryLead(
  records: Pick<Records, 'get' | 'putIf'>,
  clock: Pick<Clock, 'now'>,
  candidate: Candidate,
): Promise<LeaseEpoch | undefined> {
  const found = await records.get<Lease>(LEASE_KEY);
  const next = planLease(found?.record, candidate, clock.now());
  switch (next.plan) {
    case 'follow':
      return undefined;
    case 'keep':
      return next.epoch;
    case 'write': {
      const won = await records.putIf(LEASE_KEY, next.lease, found?.etag);
      return won === undefined ? undefined : next.lease.epoch;
    }
    default:
      return unreachable(next);
  }
}

/** The reign that is on now, for one who publishes without leading: a view that nobody has built yet. */
export async function currentEpoch(records: Pick<Records, 'get'>): Promise<LeaseEpoch> {
  const found = await records.get<Lease>(LEASE_KEY);
  return found?.record.epoch ?? leaseEpoch(0);
}
