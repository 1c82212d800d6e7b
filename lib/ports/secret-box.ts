/**
 * Encrypts values before they are stored, and opens them again (STO-9). Contract:
 * - `seal` answers a text without line breaks that says nothing of the value but its length, and another text with each call.
 *   `place` says where the value belongs (`Secret/default/shop/tls.key`): a text opens only with the place that it was sealed for,
 *   so that nobody gets at a value by storing its text elsewhere.
 * - `open` answers exactly the bytes that were sealed. It throws SealBroken for a text that was changed, belongs to another place,
 *   or was sealed with a key that is not there.
 * - `fingerprint` answers a short text that is the same for the same value and place, in every process that shares the key, and
 *   that nobody without the key can work out or check a guess against.
 * - All of them throw SecretKeyUnavailable when the key cannot be reached or used for now.
 */
export interface SecretBox {
  seal(value: Uint8Array, place: string): Promise<string>;
  open(sealed: string, place: string): Promise<Uint8Array>;
  fingerprint(value: Uint8Array, place: string): Promise<string>;
}

/** What is stored cannot be opened here, and no other attempt will: it was changed, moved, or its key is gone. */
export class SealBroken extends Error {
  readonly code = 'SEAL_BROKEN';
  readonly key: string;
  constructor(place: string, reason: string) {
    super(`the sealed value of ${place} cannot be opened: ${reason}`);
    this.name = 'SealBroken';
    this.key = place;
  }
}

/** The key by which values are encrypted is out of reach, or may not be used; an operator must act where it lasts. */
export class SecretKeyUnavailable extends Error {
  readonly code = 'SECRET_KEY_UNAVAILABLE';
  constructor(reason: string, cause?: unknown) {
    super(`the key of the secrets cannot be used: ${reason}`, { cause });
    this.name = 'SecretKeyUnavailable';
  }
}
