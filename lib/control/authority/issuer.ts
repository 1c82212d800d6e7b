import type { EpochMs } from '../../base/brand.ts';
import type { Signer } from './build-certificate.ts';

/** Who signs certificates at this moment, and whom proxies are to believe. */
export interface Issuer {
  readonly signer: Signer;
  /** When the certificate of the signer ends. */
  readonly notAfter: EpochMs;
  /** What stands between a leaf and the roots, the signer's own certificate first; none where a root signs. PEM, one each. */
  readonly intermediates: readonly string[];
  /** The authority's own roots. PEM, one each. */
  readonly roots: readonly string[];
  /** Those among the certificates above that sign, or have signed, leaves of this authority and of nobody else. PEM, one each. */
  readonly signers: readonly string[];
}

/** Where the issuer comes from: roots of our own, or an authority that was plugged in. */
export interface IssuerSource {
  /** Throws AuthorityNotReady where nobody can sign for now. */
  current(): Promise<Issuer>;
}

/** The authority cannot sign: its certificate has ended, or its key cannot be used. An operator must act where it lasts. */
export class AuthorityNotReady extends Error {
  readonly code = 'CA_NOT_READY';
  constructor(reason: string, cause?: unknown) {
    super(`the certificate authority cannot sign: ${reason}`, { cause });
    this.name = 'AuthorityNotReady';
  }
}
