import type { EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import type { BlobPage, Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { nameOf } from '../blob-check.ts';
import { systemClock } from '../system/clock.ts';

/** As on S3, so that a sweep meets cursors in tests, too. */
const PAGE_BLOBS = 1_000;

interface Held {
  readonly bytes: Uint8Array;
  readonly storedAt: EpochMs;
}

/** Blobs that live as long as the process, for tests and `serve --in-memory`. Bytes are copied on the way in and out. */
export function memoryBlobs(clock: Pick<Clock, 'now'> = systemClock()): Blobs {
  const held = new Map<ContentHash, Held>();
  const put = (bytes: Uint8Array): ContentHash => {
    const hash = nameOf(bytes);
    held.set(hash, { bytes: held.get(hash)?.bytes ?? Uint8Array.from(bytes), storedAt: clock.now() });
    return hash;
  };
  return {
    put: async (bytes) => put(bytes),
    putAll: async (bodies) => bodies.map(put),
    get: async (hash) => held.get(hash)?.bytes.slice(),
    list: async (cursor) => pageOf(held, cursor),
    remove: async (hash, storedBefore) => {
      const found = held.get(hash);
      if (found && (storedBefore === undefined || found.storedAt < storedBefore)) held.delete(hash);
    },
  };
}

function pageOf(held: ReadonlyMap<ContentHash, Held>, cursor = ''): BlobPage {
  const names = [...held.keys()].filter((hash) => hash > cursor).sort();
  const blobs = names.slice(0, PAGE_BLOBS).flatMap((hash) => {
    const found = held.get(hash);
    return found ? [{ hash, bytes: found.bytes.byteLength, storedAt: found.storedAt }] : [];
  });
  const last = blobs.at(-1);
  return last && names.length > blobs.length ? { blobs, cursor: last.hash } : { blobs };
}
