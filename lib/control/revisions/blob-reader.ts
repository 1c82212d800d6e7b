import type { ContentHash } from '../../base/hashing.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { rememberedBlobs } from '../build/remembered-blobs.ts';

/** Reads JSON blobs by name. What it answers is shared: nobody may change it. */
export interface BlobReader {
  /** Throws CorruptStore when the blob is missing: only names that something stored refers to may come in. */
  read<T>(hash: ContentHash): Promise<T>;
  readAll<T>(hashes: readonly ContentHash[]): Promise<readonly T[]>;
}

/** Bytes of blobs that a reader remembers; about ten thousand objects of a usual size. */
const REMEMBERED_BYTES = 32 * 1024 * 1024;

const utf8 = new TextDecoder();

interface ParsedBlob {
  readonly value: unknown;
  readonly bytes: number;
}

/** A reader that remembers what it read last; blobs never change, so nothing it remembers can be stale. */
export function blobReader(blobs: Pick<Blobs, 'get'>, rememberedBytes = REMEMBERED_BYTES): BlobReader {
  const parsed = rememberedBlobs<ParsedBlob>(blobs, {
    read: (bytes) => ({ value: JSON.parse(utf8.decode(bytes)) as unknown, bytes: bytes.byteLength }),
    max: rememberedBytes,
    weigh: ({ bytes }) => bytes,
  });
  return {
    read: async <T>(hash: ContentHash) => (await parsed.get(hash)).value as T,
    readAll: async <T>(hashes: readonly ContentHash[]) => (await parsed.getAll(hashes)).map(({ value }) => value as T),
  };
}
