import { durationMs, type EpochMs } from '../base/brand.ts';
import type { ContentHash } from '../base/hashing.ts';

/** The largest body that every store holds; `put` of a larger one throws BlobTooLarge. */
export const MAX_BLOB_BYTES = 64 * 1024 * 1024;

/** How far `storedAt` may lie behind the last put: a store need not write again just to note that nothing changed. */
export const STORED_AT_SLACK = durationMs(60 * 60 * 1000);

/**
 * Immutable bytes, named by their SHA-256 (S3 in the cloud). Contract:
 * - `put` of bytes that exist is success and changes nothing but `storedAt` (`If-None-Match: *`); when it returns, the
 *   bytes are durable. `putAll` does the same for many bodies and answers their names in order; when it throws, any part
 *   of them may be stored, which is harmless because nothing names them yet.
 *   Where the stored bytes are damaged, as far as the store can tell, they are replaced by the right ones.
 * - `get` answers exactly the bytes that were put, or `undefined`; bytes that do not match their name are never returned:
 *   the adapter throws CorruptStore (STO-11).
 * - `list` pages through all names in ascending order with the moment of their last put, for sweeping. The cursor is the
 *   adapter's own; a page may be empty and still carry one, and only a page without a cursor is the last.
 * - `remove` of a missing name is success. With `storedBefore` a blob that was put at that moment or later stays, so that a
 *   sweep cannot take a body which a slow writer has just put again (STO-10); so may one that was put in the second before.
 */
export interface Blobs {
  put(bytes: Uint8Array): Promise<ContentHash>;
  putAll(bodies: readonly Uint8Array[]): Promise<readonly ContentHash[]>;
  get(hash: ContentHash): Promise<Uint8Array | undefined>;
  list(cursor?: string): Promise<BlobPage>;
  remove(hash: ContentHash, storedBefore?: EpochMs): Promise<void>;
}

export interface BlobPage {
  readonly blobs: readonly StoredBlob[];
  readonly cursor?: string;
}

export interface StoredBlob {
  readonly hash: ContentHash;
  readonly bytes: number;
  /** The last put, by the store's own clock; up to STORED_AT_SLACK earlier when the bytes were there already. */
  readonly storedAt: EpochMs;
}
