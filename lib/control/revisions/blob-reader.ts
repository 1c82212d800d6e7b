import type { ContentHash } from '../../base/hashing.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { CorruptStore } from '../../ports/store-errors.ts';

/** Reads JSON blobs by name. What it answers is shared: nobody may change it. */
export interface BlobReader {
  /** Throws CorruptStore when the blob is missing: only names that something stored refers to may come in. */
  read<T>(hash: ContentHash): Promise<T>;
  readAll<T>(hashes: readonly ContentHash[]): Promise<readonly T[]>;
}

/** Bytes of blobs that a reader remembers; about ten thousand objects of a usual size. */
const REMEMBERED_BYTES = 32 * 1024 * 1024;

/** Reads under way at one time: enough to hide the latency of an object store, few enough for its connection pool. */
const PARALLEL_READS = 48;

const utf8 = new TextDecoder();

/** A reader that remembers what it read last; blobs never change, so nothing it remembers can be stale. */
export function blobReader(blobs: Pick<Blobs, 'get'>, rememberedBytes = REMEMBERED_BYTES): BlobReader {
  const remembered = new Map<ContentHash, { readonly value: unknown; readonly bytes: number }>();
  let bytesHeld = 0;

  const remember = (hash: ContentHash, value: unknown, bytes: number): void => {
    if (!remembered.has(hash)) bytesHeld += bytes;
    remembered.set(hash, { value, bytes });
    // A Map iterates in the order of insertion: its first entries are those that were not used for longest.
    for (const [oldest, entry] of remembered) {
      if (bytesHeld <= rememberedBytes) break;
      remembered.delete(oldest);
      bytesHeld -= entry.bytes;
    }
  };

  const read = async <T>(hash: ContentHash): Promise<T> => {
    const known = remembered.get(hash);
    if (known) {
      remembered.delete(hash);
      remembered.set(hash, known);
      return known.value as T;
    }
    const bytes = await blobs.get(hash);
    if (bytes === undefined)
      throw new CorruptStore(`blob ${hash}`, new Error('a stored object refers to it, but it is missing'));
    const value = parseBlob(hash, bytes);
    remember(hash, value, bytes.byteLength);
    return value as T;
  };

  return {
    read,
    async readAll<T>(hashes: readonly ContentHash[]) {
      const values: T[] = [];
      for (let start = 0; start < hashes.length; start += PARALLEL_READS) {
        values.push(...(await Promise.all(hashes.slice(start, start + PARALLEL_READS).map((hash) => read<T>(hash)))));
      }
      return values;
    },
  };
}

function parseBlob(hash: ContentHash, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch (cause) {
    throw new CorruptStore(`blob ${hash}`, cause);
  }
}
