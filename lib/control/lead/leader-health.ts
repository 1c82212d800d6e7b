import type { DurationMs } from '../../base/brand.ts';
import type { LeaseCandidate } from './lease-candidate.ts';
import { LEASE_TIME } from './lease.ts';

/** One line of a health page. */
export interface HealthCheck {
  readonly name: string;
  /** What is wrong, or `undefined` when nothing is. */
  readonly check: () => string | undefined;
}

/** Whether a leader still renews its lease; one that follows, or that was not told of an election yet, is well (LE-22). */
export interface LeaderHealth extends HealthCheck {
  watch(lease: string, candidate: Pick<LeaseCandidate, 'isLeader' | 'age'>): void;
}

/** `timeout` is how much longer than the lease a leader may go without renewing it. */
export function leaderHealth(timeout: DurationMs): LeaderHealth {
  let watched: { readonly lease: string; readonly candidate: Pick<LeaseCandidate, 'isLeader' | 'age'> } | undefined;
  return {
    name: 'leaderElection',
    watch(lease, candidate) {
      watched = { lease, candidate };
    },
    check() {
      if (!watched?.candidate.isLeader()) return undefined;
      const isSilent = (watched.candidate.age() ?? 0) > LEASE_TIME + timeout;
      return isSilent ? `failed election to renew leadership on lease ${watched.lease}` : undefined;
    },
  };
}
