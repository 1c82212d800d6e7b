import { type Brand, type DurationMs, durationMs, type EpochMs } from '../../base/brand.ts';
import type { Etag, RecordKey } from '../../ports/records.ts';

/** Number of a reign: grows by one with each builder that takes over, and fences off what an older one still writes (LE-20). */
export type LeaseEpoch = Brand<number, 'LeaseEpoch'>;
export const leaseEpoch = (reign: number): LeaseEpoch => reign as LeaseEpoch;

/** Who leads, as it is stored; the members are called as in a Kubernetes lease. */
export interface Lease {
  /** Empty after a release. */
  readonly holderIdentity: string;
  /** The revision label of the holder, by which others may claim a right to take over (LE-13, LE-14). */
  readonly holderKey: string;
  readonly leaseDurationSeconds: number;
  /** Both by the clock of the holder, to be read by people: no candidate decides by them (LE-4). */
  readonly acquireTime: EpochMs;
  readonly renewTime: EpochMs;
  /** How often the lease has changed hands: the epoch of the reign. */
  readonly leaderTransitions: LeaseEpoch;
}

/** A lease as one candidate sees it, and since when it has seen it unchanged, by the candidate's own clock. */
export interface SeenLease {
  readonly lease: Lease;
  readonly etag: Etag;
  readonly since: EpochMs;
}

/** How long a lease is good for without being renewed (LE-1). */
export const LEASE_TIME: DurationMs = durationMs(30_000);
/** A leader that could not renew for so long no longer leads: well before another one may take over. */
export const RENEW_DEADLINE: DurationMs = durationMs(15_000);
/** Between two attempts; a random part of up to a fifth is added, so that candidates do not try in step. */
export const RETRY_PERIOD: DurationMs = durationMs(7_500);

/** One who wants to lead. */
export interface Candidate {
  readonly identity: string;
  /** Empty where each revision has its own lease (LE-16). */
  readonly key: string;
  /** Whether this candidate may take over from a living holder with that key; see `prefers`. */
  readonly mayTakeFrom: (holderKey: string) => boolean;
}

export type LeasePlan =
  { readonly plan: 'follow'; readonly holder: string } | { readonly plan: 'write'; readonly lease: Lease };

/**
 * What a candidate does about the lease that it sees (LE-2 to LE-6). `atLeast` is the lowest epoch that is of use: a reign that
 * was numbered anew after the record had been lost must not lie below what older reigns left behind.
 */
export function planLease(
  seen: SeenLease | undefined,
  candidate: Candidate,
  { now, atLeast }: { readonly now: EpochMs; readonly atLeast: LeaseEpoch },
): LeasePlan {
  const hold = (acquireTime: EpochMs, epoch: number): LeasePlan => ({
    plan: 'write',
    lease: {
      holderIdentity: candidate.identity,
      holderKey: candidate.key,
      leaseDurationSeconds: LEASE_TIME / 1_000,
      acquireTime,
      renewTime: now,
      leaderTransitions: leaseEpoch(Math.max(epoch, atLeast)),
    },
  });
  if (seen === undefined) return hold(now, 0);
  const { lease, since } = seen;
  if (lease.holderIdentity === candidate.identity) return hold(lease.acquireTime, lease.leaderTransitions);
  const isFree = lease.holderIdentity === '' || now >= since + lease.leaseDurationSeconds * 1_000;
  if (isFree || candidate.mayTakeFrom(lease.holderKey)) return hold(now, lease.leaderTransitions + 1);
  return { plan: 'follow', holder: lease.holderIdentity };
}

/** The lease that a holder leaves behind when it stops: anyone may take it at once (LE-8). */
export function released(lease: Lease, now: EpochMs): Lease {
  return { ...lease, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
}

/** What stands for all reigns before the first: anyone may take it at once. */
export function endedReign(now: EpochMs): Lease {
  const lease = { holderIdentity: '', holderKey: '', leaseDurationSeconds: 1, leaderTransitions: leaseEpoch(0) };
  return { ...lease, acquireTime: now, renewTime: now };
}

/** Which revision a candidate builds, where it runs, and which revision is the default now, if that is known. */
export interface RevisionClaim {
  readonly revision: string;
  /** Runs beside another cluster's or region's own builders, and leads only while none of those does. */
  readonly isRemote: boolean;
  readonly defaultRevision: () => string | undefined;
}

const REMOTE = '^';
const DEFAULT_REVISION = 'default';

/** LE-13. */
export function keyOfClaim({ revision, isRemote }: Pick<RevisionClaim, 'revision' | 'isRemote'>): string {
  return `${isRemote ? REMOTE : ''}${revision === '' ? DEFAULT_REVISION : revision}`;
}

/**
 * LE-14: the default revision goes before any other, and of one revision the local candidate before the remote one. Nobody
 * takes over in a circle: a holder that was preferred is never less than the one it took over from (LE-19).
 */
export function prefers(claim: RevisionClaim): (holderKey: string) => boolean {
  return (holderKey) => {
    const own = keyOfClaim({ revision: claim.revision, isRemote: false });
    const isHolderRemote = holderKey.startsWith(REMOTE);
    const holder = isHolderRemote ? holderKey.slice(REMOTE.length) : holderKey;
    if (holder === own) return isHolderRemote && !claim.isRemote;
    const byDefault = claim.defaultRevision();
    return byDefault !== undefined && byDefault !== '' && byDefault === own;
  };
}

/** Where a lease lies; with one lease for each revision the revision is part of the name (LE-16). */
export function leaseKey(name: string, revision?: string): RecordKey {
  return {
    partition: 'leases',
    id: revision === undefined ? name : `${name}-${revision === '' ? DEFAULT_REVISION : revision}`,
  };
}

/** Who keeps the store clean. There is one for all labels: they share the store. */
export const KEEPER_LEASE: RecordKey = leaseKey('keeper');

/** Who fetches the values of Secrets that others keep. */
export const SECRETS_LEASE: RecordKey = leaseKey('secrets');

/** Who fetches the keys of issuers of tokens. */
export const KEYS_LEASE: RecordKey = leaseKey('keys');
