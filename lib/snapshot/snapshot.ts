import { type ContentHash, hashBytes } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { ALL_XDS_TYPES } from '../envoy/xds-types.ts';
import { type Manifest, printManifest, type TypeManifest } from './manifest.ts';
import type { SealedResource } from './sealed-resource.ts';
import { printShard } from './shard.ts';
import { type SealedShard, type SealedTable, shardBody, tableOf } from './type-table.ts';

/** A snapshot that has its name: equal resources, equal bytes, on every machine and every rebuild (SNAP-2). */
export interface Sealed {
  readonly manifest: Manifest;
  /** The blob that holds the manifest. */
  readonly manifestHash: ContentHash;
  readonly tables: Tables;
  readonly resources: SealedLists;
}

/** Resources by their type. */
export type SealedLists = Readonly<Record<XdsType, readonly SealedResource[]>>;

export type Tables = Readonly<Record<XdsType, SealedTable>>;

/**
 * Names a set of resources. Their order does not matter, nor what was there before: `before`, the tables of an earlier
 * snapshot of the same view, only saves naming again what did not change.
 */
export function seal(resources: readonly SealedResource[], before?: Tables): Sealed {
  const byType = perType((): SealedResource[] => []);
  for (const resource of resources) byType[resource.type].push(resource);
  return sealTables(
    byType,
    perType((type) => tableOf(type, byType[type], before?.[type])),
  );
}

/** The snapshot of resources whose tables are made already. */
export function sealTables(resources: SealedLists, tables: Tables): Sealed {
  const manifest = perType((type) => tables[type].set);
  return { manifest, manifestHash: hashBytes(printManifest(manifest)), tables, resources };
}

/** The snapshot that a view serves, as far as the next one's blobs depend on it. */
export interface Served {
  readonly manifest: Manifest;
  /** Names which the next one adds or changes. */
  readonly changed: ReadonlyMap<XdsType, ReadonlySet<string>>;
  /** Blobs that resources consist of whose shards are others in the next one. */
  readonly chunks: ReadonlySet<ContentHash>;
}

/**
 * Everything that must be stored before a head may name the snapshot and that the `served` one, being served, does not name
 * already; everything there is without one. Bodies come first, then shards, the manifest last (SNAP-5).
 */
export function blobsSince({ tables, manifest }: Sealed, served?: Served): readonly Uint8Array[] {
  const texts = [
    ...ALL_XDS_TYPES.flatMap((type) => newBodies(type, tables[type], served)),
    ...ALL_XDS_TYPES.flatMap((type) => newShards(tables[type], served?.manifest[type])),
    printManifest(manifest),
  ];
  return texts.map((text) => utf8.encode(text));
}

function newBodies(type: XdsType, { set, parts }: SealedTable, served?: Served): readonly string[] {
  if (set.whole) {
    const stored = new Set(served?.manifest[type].shards.map(({ body }) => body));
    return parts.filter(({ ref: { body } }) => body && !stored.has(body)).map(({ members }) => shardBody(members));
  }
  const changed = served?.changed.get(type);
  const differing = newParts(parts, served?.manifest[type]).flatMap(({ members }) => members);
  const news = changed ? differing.filter(({ name }) => changed.has(name)) : differing;
  return news.flatMap(({ chunks }) => chunks.filter(({ hash }) => !served?.chunks.has(hash)).map(({ text }) => text));
}

const newShards = ({ parts }: SealedTable, served?: TypeManifest): readonly string[] =>
  newParts(parts, served).map(({ shard }) => printShard(shard));

function newParts(parts: readonly SealedShard[], served?: TypeManifest): readonly SealedShard[] {
  const stored = new Set(served?.shards.map(({ hash }) => hash));
  return parts.filter(({ ref }) => !stored.has(ref.hash));
}

/** One value for every type. */
export function perType<T>(make: (type: XdsType) => T): Record<XdsType, T> {
  return Object.fromEntries(ALL_XDS_TYPES.map((type) => [type, make(type)])) as Record<XdsType, T>;
}

const utf8 = new TextEncoder();
