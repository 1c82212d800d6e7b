import type { Sender } from '../../base/sender.ts';
import type { ProofMethod, WorkloadIdentity } from '../identity/caller.ts';

/** Who asks for a certificate, as was proven. */
export interface Attested {
  readonly method: 'join-token' | 'renewal' | ProofMethod;
  /** For the log; never what proved it. */
  readonly principal: string;
  /** Everything that the caller may run as. */
  readonly workloads: readonly WorkloadIdentity[];
  /** Uses up a proof that is good for one certificate; false where somebody else has used it. Absent where it may be shown again. */
  readonly spend?: () => Promise<boolean>;
}

export type Authentication =
  | { readonly is: 'proven'; readonly attested: Attested }
  /** A clause for the log alone. */
  | { readonly is: 'refused'; readonly reason: string }
  /** Nothing was shown that this authenticator knows. */
  | { readonly is: 'absent' };

/** What somebody shows to prove who they are: any of these, the first that holds counts. */
export interface Attestation {
  readonly joinToken?: unknown;
  readonly renewal?: unknown;
  readonly bearer?: unknown;
}

/** What comes with a request for a certificate. */
export interface AttestedRequest {
  /** The certificate request, as it was sent. */
  readonly csr: string;
  readonly attestation: Attestation;
  /** The header of that name. */
  readonly authorization?: string;
  /** What the front door found out. */
  readonly sender?: Sender;
}

/** One way to prove who one is. Does not throw but for a store that is away. */
export type Authenticator = (request: AttestedRequest) => Promise<Authentication>;

export const ABSENT: Authentication = { is: 'absent' };

export const refusedProof = (reason: string): Authentication => ({ is: 'refused', reason });
