import type { ContentHash } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { type FoundResource, foundIn, shardOfName } from '../../snapshot/body-part.ts';
import { type Manifest, readManifest, type TypeManifest } from '../../snapshot/manifest.ts';
import { readShard, type Shard } from '../../snapshot/shard.ts';
import type { Sealed } from '../../snapshot/snapshot.ts';
import { differingShards, type TableDifference, tableDifference } from '../../snapshot/table-difference.ts';
import type { TypeTable } from '../../snapshot/type-table.ts';
import { CorruptStore } from '../../ports/store-errors.ts';
import { rememberedBlobs } from './remembered-blobs.ts';

/**
 * Manifests, shards of tables and bodies by their hash, with a memory: what is named by its hash never grows old. Everything
 * throws CorruptStore when something stored names what is not there.
 */
export interface StoredSnapshots {
  manifest(hash: ContentHash): Promise<Manifest>;
  /** The bytes of some blobs that bodies consist of, in order; reads what of them is not remembered. */
  bodies(blobs: readonly ContentHash[]): Promise<readonly Uint8Array[]>;
  /** Those of the names that the set holds, with where their bodies lie; reads only the shards of the names. */
  find(set: TypeManifest, names: readonly string[]): Promise<ReadonlyMap<string, FoundResource>>;
  /** Some shards of a set, by their index. */
  shards(set: TypeManifest, indexes: readonly number[]): Promise<readonly Shard[]>;
  /** The whole table; reads what of it is not remembered. */
  table(set: TypeManifest): Promise<TypeTable>;
  /** What came, changed and went between two sets of one type; reads only the shards that differ. */
  difference(before: TypeManifest, after: TypeManifest): Promise<TableDifference>;
  /** Takes over what was stored just now, so that it need not be read again. */
  remember(sealed: Sealed): void;
  /** What this process found missing or damaged, the last of it, until it is told that it was written again. */
  damaged(): readonly ContentHash[];
  healed(blobs: readonly ContentHash[]): void;
}

/** Names of blobs may be invented by whoever polls, so what is remembered of them is bounded. */
const REMEMBERED_DAMAGE = 1_000;
const REMEMBERED_MANIFESTS = 200;
const REMEMBERED_SHARD_ENTRIES = 200_000;
const REMEMBERED_BODY_BYTES = 64 * 1024 * 1024;

export function storedSnapshots(store: Pick<Blobs, 'get'>): StoredSnapshots {
  const utf8 = new TextDecoder();
  const damaged = leastRecentlyUsed<ContentHash, true>({ max: REMEMBERED_DAMAGE });
  const blobs = notingDamaged(store, (hash) => damaged.set(hash, true));
  const manifests = rememberedBlobs(blobs, {
    read: (bytes) => readManifest(utf8.decode(bytes)),
    max: REMEMBERED_MANIFESTS,
  });
  const shards = rememberedBlobs(blobs, {
    read: (bytes) => readShard(utf8.decode(bytes)),
    max: REMEMBERED_SHARD_ENTRIES,
    weigh: (shard) => shard.size,
  });
  const bodies = rememberedBlobs(blobs, {
    read: (bytes) => bytes,
    max: REMEMBERED_BODY_BYTES,
    weigh: (bytes) => bytes.byteLength,
  });
  const readShards = (set: TypeManifest, indexes: readonly number[]): Promise<readonly Shard[]> =>
    shards.getAll(indexes.flatMap((index) => set.shards[index]?.hash ?? []));

  return {
    manifest: (hash) => manifests.get(hash),
    bodies: (hashes) => bodies.getAll(hashes),
    shards: readShards,
    async find(set, names) {
      const indexes = [...new Set(names.flatMap((name) => shardOfName(set, name) ?? []))];
      const read = await readShards(set, indexes);
      const shardOf = new Map(indexes.map((index, at) => [index, read[at]]));
      const found = new Map<string, FoundResource>();
      for (const name of names) {
        const shard = shardOf.get(shardOfName(set, name) ?? -1);
        const resource = shard && foundIn(set, shard, name);
        if (resource) found.set(name, resource);
      }
      return found;
    },
    async table(set) {
      return { set, shards: await readShards(set, [...set.shards.keys()]) };
    },
    async difference(before, after) {
      const differing = differingShards(before, after);
      return tableDifference(
        ...(await Promise.all([readShards(before, differing.before), readShards(after, differing.after)])),
      );
    },
    damaged: () => [...damaged.keys()],
    healed: (hashes) => {
      for (const hash of hashes) damaged.delete(hash);
    },
    remember({ manifest, manifestHash, tables }) {
      manifests.set(manifestHash, manifest);
      for (const { set, shards: held } of Object.values(tables)) {
        set.shards.forEach(({ hash }, index) => held[index] && shards.set(hash, held[index]));
      }
    },
  };
}

/** Tells of each blob that is missing or is not what its name says. */
const notingDamaged = (store: Pick<Blobs, 'get'>, note: (hash: ContentHash) => void): Pick<Blobs, 'get'> => ({
  async get(hash) {
    try {
      const bytes = await store.get(hash);
      if (bytes === undefined) note(hash);
      return bytes;
    } catch (error) {
      if (error instanceof CorruptStore) note(hash);
      throw error;
    }
  },
});
