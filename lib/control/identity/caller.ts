import type { EpochMs } from '../../base/brand.ts';

/** How somebody proved who they are. */
export type ProofMethod = 'iam' | 'bearer' | 'certificate' | 'token';

/** Who asks, as was proven; what may be done with it is decided elsewhere. */
export interface Caller {
  readonly method: ProofMethod;
  /**
   * Who it is, in the words of the method: `arn:aws:iam::123456789012:role/reviews` (sessions of a role are the role), the subject of a
   * bearer token, `spiffe://cluster.local/ns/shop/sa/reviews`, or the name that the access file gives a token.
   */
  readonly principal: string;
  /** Who vouches for it: the issuer of a bearer token, the trust domain of a certificate; empty for the others. */
  readonly issuer: string;
  /** What a bearer token says besides; empty for the others. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The workload that the proof itself names, where it does: no binding is needed for it. */
  readonly workload?: WorkloadIdentity;
  /** The proof holds until then; absent where it holds as long as its connection or request. */
  readonly expiresAt?: EpochMs;
}

/** As whom a workload runs. */
export interface WorkloadIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** A caller in one line, for the log and the history: `iam arn:aws:iam::123456789012:role/ci`. */
export const callerName = ({ method, principal }: Caller): string => `${method}:${principal}`;
