import { type ContentHash, hashBytes } from '../base/hashing.ts';
import { MAX_BLOB_BYTES } from '../ports/blobs.ts';
import { BlobTooLarge, CorruptStore } from '../ports/store-errors.ts';

/** The name of a body that may be stored; throws BlobTooLarge before it hashes. */
export function nameOf(bytes: Uint8Array): ContentHash {
  if (bytes.byteLength > MAX_BLOB_BYTES) throw new BlobTooLarge(bytes.byteLength);
  return hashBytes(bytes);
}

/** The body, if it is what its name says (STO-11). */
export function intact(hash: ContentHash, bytes: Uint8Array): Uint8Array {
  const found = hashBytes(bytes);
  if (found !== hash)
    throw new CorruptStore(`blob ${hash}`, new Error(`its ${bytes.byteLength} bytes hash to ${found}`));
  return bytes;
}
