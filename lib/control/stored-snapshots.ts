import type { ContentHash } from '../base/hashing.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';
import type { Blobs } from '../ports/blobs.ts';
import { CorruptStore } from '../ports/store-errors.ts';
import type { Manifest } from '../snapshot/snapshot.ts';

/** Manifests and bodies by their hash, with a memory: what is named by its hash never grows old. */
export interface StoredSnapshots {
  /** Throws CorruptStore when a head names what is not there. */
  manifest(hash: ContentHash): Promise<Manifest>;
  body(hash: ContentHash): Promise<Uint8Array>;
}

const REMEMBERED_MANIFESTS = 200;
const REMEMBERED_BODY_BYTES = 64 * 1024 * 1024;

export function storedSnapshots(blobs: Pick<Blobs, 'get'>): StoredSnapshots {
  const manifests = leastRecentlyUsed<ContentHash, Promise<Manifest>>({ max: REMEMBERED_MANIFESTS });
  const bodies = leastRecentlyUsed<ContentHash, Uint8Array>({
    max: REMEMBERED_BODY_BYTES,
    weigh: (bytes) => bytes.byteLength,
  });
  const read = async (hash: ContentHash): Promise<Uint8Array> => {
    const bytes = await blobs.get(hash);
    if (bytes === undefined)
      throw new CorruptStore(`blob ${hash}`, new Error('a snapshot names it, but it is missing'));
    return bytes;
  };
  return {
    async manifest(hash) {
      const known = manifests.get(hash);
      if (known) return known;
      const reading = read(hash).then((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Manifest);
      manifests.set(hash, reading);
      try {
        return await reading;
      } catch (error) {
        manifests.delete(hash); // a failed read must not be remembered
        throw error;
      }
    },
    async body(hash) {
      const known = bodies.get(hash);
      if (known) return known;
      const bytes = await read(hash);
      bodies.set(hash, bytes);
      return bytes;
    },
  };
}
