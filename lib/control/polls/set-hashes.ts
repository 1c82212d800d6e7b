import type { ContentHash } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { TypeManifest } from '../../snapshot/manifest.ts';
import { entriesOf } from '../../snapshot/type-table.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';

/** Name -> content hash of everything in a set. Proxies of a view ask for the same sets: the map is made once for them. */
export type SetHashes = (set: TypeManifest) => Promise<ReadonlyMap<string, ContentHash>>;

/** Names in all maps that are kept, each some 100 bytes beside what the shards hold anyway. */
const REMEMBERED_NAMES = 200_000;

export function setHashes(snapshots: Pick<StoredSnapshots, 'table'>): SetHashes {
  // By the object and not by what it says: a manifest that is remembered is one object, and comparing costs nothing.
  const known = leastRecentlyUsed<TypeManifest, ReadonlyMap<string, ContentHash>>({
    max: REMEMBERED_NAMES,
    weigh: ({ size }) => size + 1,
  });
  return async (set) => {
    const made = known.get(set);
    if (made) return made;
    const hashes = new Map<string, ContentHash>();
    for (const [name, { hash }] of entriesOf(await snapshots.table(set))) hashes.set(name, hash);
    known.set(set, hashes);
    return hashes;
  };
}
