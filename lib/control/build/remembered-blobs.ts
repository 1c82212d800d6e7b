import type { ContentHash } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { CorruptStore } from '../../ports/store-errors.ts';

/** Values read from blobs, remembered by name: a blob never changes, so nothing remembered can be stale. */
export interface RememberedBlobs<Value> {
  /** Those who ask while a read is under way share it. Throws CorruptStore for what is missing or cannot be read. */
  get(hash: ContentHash): Promise<Value>;
  getAll(hashes: readonly ContentHash[]): Promise<readonly Value[]>;
  set(hash: ContentHash, value: Value): void;
}

export interface Remembering<Value> {
  /** Makes the value of the bytes; throws when they are none. */
  readonly read: (bytes: Uint8Array) => Value;
  /** What all values that are remembered may weigh together. */
  readonly max: number;
  readonly weigh?: (value: Value) => number;
}

/** Reads under way at one time: enough to hide the latency of an object store, few enough for its connection pool. */
const PARALLEL_READS = 48;

export function rememberedBlobs<Value>(
  blobs: Pick<Blobs, 'get'>,
  { read, ...capacity }: Remembering<Value>,
): RememberedBlobs<Value> {
  const known = leastRecentlyUsed<ContentHash, Value>(capacity);
  const reading = new Map<ContentHash, Promise<Value>>();

  const readNow = async (hash: ContentHash): Promise<Value> => {
    const bytes = await blobs.get(hash);
    if (bytes === undefined)
      throw new CorruptStore(`blob ${hash}`, new Error('something stored names it, but it is missing'));
    const value = readable(hash, () => read(bytes));
    known.set(hash, value);
    return value;
  };
  const get = async (hash: ContentHash): Promise<Value> => {
    const value = known.get(hash);
    if (value !== undefined) return value;
    const under = reading.get(hash);
    if (under) return under;
    const started = readNow(hash).finally(() => reading.delete(hash));
    reading.set(hash, started);
    return started;
  };
  return {
    get,
    async getAll(hashes) {
      const values: Value[] = [];
      for (let start = 0; start < hashes.length; start += PARALLEL_READS) {
        values.push(...(await Promise.all(hashes.slice(start, start + PARALLEL_READS).map(get))));
      }
      return values;
    },
    set(hash, value) {
      if (known.get(hash) === undefined) known.set(hash, value);
    },
  };
}

function readable<Value>(hash: ContentHash, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new CorruptStore(`blob ${hash}`, cause);
  }
}
