/** Where the values of a Secret are kept by someone else. */
export interface SourceAddress {
  readonly kind: 'secrets-manager' | 'acm';
  /** As AWS names it: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-Ab12Cd`. */
  readonly arn: string;
}

/**
 * Reads values that others keep. Contract:
 * - `fetch` answers the values as they are now, by name; at least one. Certificates with their keys stand under `tls.crt` and
 *   `tls.key`, authorities under `ca.crt`.
 * - It throws SecretSourceFailed, whose message has no value in it, for whatever keeps it from that.
 */
export interface SecretSources {
  fetch(address: SourceAddress): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** Why values could not be had. */
export type SourceFailure =
  /** There is no such secret. */
  | 'NotFound'
  /** We may not read it. */
  | 'AccessDenied'
  /** It cannot be handed out, or has nothing that could be a value. */
  | 'Unusable'
  /** The service did not answer, or not now. */
  | 'Unavailable';

export class SecretSourceFailed extends Error {
  readonly code = 'SECRET_SOURCE_FAILED';
  readonly reason: SourceFailure;
  constructor(reason: SourceFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SecretSourceFailed';
    this.reason = reason;
  }
}
