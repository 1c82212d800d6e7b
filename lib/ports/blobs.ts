import type { ContentHash } from '../base/hashing.ts';

/**
 * Immutable bytes, named by their SHA-256 (S3 in the cloud). Contract:
 * - `put` of bytes that exist is success and changes nothing (`If-None-Match: *`); when it returns, the bytes are durable.
 * - `get` answers exactly the bytes that were put, or `undefined`; bytes that do not match their name are never returned:
 *   the adapter throws CorruptStore (STO-11).
 * - `list` pages through all names with the moment of their last put, for sweeping; `remove` of a missing name is success.
 * Bodies are at most 64 MiB.
 */
export interface Blobs {
  put(bytes: Uint8Array): Promise<ContentHash>;
  get(hash: ContentHash): Promise<Uint8Array | undefined>;
  list(cursor?: string): Promise<{ readonly blobs: readonly StoredBlob[]; readonly cursor?: string }>;
  remove(hash: ContentHash): Promise<void>;
}

export interface StoredBlob {
  readonly hash: ContentHash;
  readonly bytes: number;
  /** Milliseconds since 1970-01-01 UTC, by the store's own clock. */
  readonly storedAt: number;
}
