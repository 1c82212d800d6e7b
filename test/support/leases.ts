import type { Candidate } from '../../lib/control/lead/lease.ts';

/** A candidate that takes the lease from nobody who lives. */
export const anyCandidate = (identity: string): Candidate => ({ identity, key: '', mayTakeFrom: () => false });
