/** How a signing key signs: the curve or kind of the key, and the hash. */
export type SignatureAlgorithm = 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'rsa-pkcs1-sha256';

/** A private key that is used where it lies, and never shown. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** Signature over the bytes, hashed with the algorithm's hash; of ECDSA the two numbers one behind the other (IEEE P1363). */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * Private keys of the certificate authority (KMS in the cloud; sealed in the store where there is none). Contract:
 * - `make` makes a key on P-256 and answers its id, which any process that shares the store can open; when it returns, the key is
 *   durable. Two calls make two keys.
 * - `open` answers the key of that id. It throws SigningKeyUnavailable for an id that it does not know, or whose key cannot be reached
 *   or used for now.
 * - `discard` takes a key away for good, now or after the store's own time for regrets; of one that is gone it is success.
 * - The private key is in no answer, no error and no log.
 */
export interface SigningKeys {
  make(): Promise<string>;
  open(id: string): Promise<SigningKey>;
  discard(id: string): Promise<void>;
}

/** A key of the authority cannot be used: it is gone, out of reach, or this process may not use it. */
export class SigningKeyUnavailable extends Error {
  readonly code = 'SIGNING_KEY_UNAVAILABLE';
  readonly key: string;
  constructor(id: string, reason: string, cause?: unknown) {
    super(`the signing key ${id} cannot be used: ${reason}`, { cause });
    this.name = 'SigningKeyUnavailable';
    this.key = id;
  }
}
