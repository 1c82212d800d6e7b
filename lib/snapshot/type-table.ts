import { hashBytes } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type FoundResource, foundIn, partAt, shardOfName } from './body-part.ts';
import type { Entry, ShardRef, TypeManifest, WholeSet } from './manifest.ts';
import type { SealedResource } from './sealed-resource.ts';
import { printShard, type Shard, shardAt, shardCount } from './shard.ts';
import { versionOf } from './version-info.ts';

/** Every name of one type in one snapshot, as the shards that its manifest names. */
export interface TypeTable {
  readonly set: TypeManifest;
  /** One for each of `set.shards`. */
  readonly shards: readonly Shard[];
}

/** One resource of a loaded table. */
export function resourceIn({ set, shards }: TypeTable, name: string): FoundResource | undefined {
  const shard = shards[shardOfName(set, name) ?? -1];
  return shard && foundIn(set, shard, name);
}

/** All resources of a loaded table. */
export function* resourcesIn({ set, shards }: TypeTable): Generator<readonly [name: string, resource: FoundResource]> {
  let from = 0;
  for (const [name, entry] of entriesOf({ shards })) {
    yield [name, { ...entry, part: partAt(set, entry, from) }];
    from += entry.bytes + 1; // and the comma
  }
}

/** All entries of a loaded table, in the order in which the body of the whole set has them. */
export function* entriesOf({ shards }: Pick<TypeTable, 'shards'>): Generator<readonly [name: string, entry: Entry]> {
  for (const shard of shards) yield* shard;
}

/**
 * The table of the resources, all of one type. Shards that are as they were in `before` are taken from there and not hashed again,
 * and a table in which nothing changed is `before` itself. Throws when two resources share a name, which Envoy refuses.
 */
export function tableOf(type: XdsType, resources: readonly SealedResource[], before?: TypeTable): TypeTable {
  const count = shardCount(resources.length);
  const old = before?.shards.length === count ? before : undefined;
  let isChanged = old === undefined;
  const parts = bucketsOf(resources, count).map((bucket, index) => {
    const [shard, ref] = [old?.shards[index], old?.set.shards[index]];
    if (shard && ref && isSame(bucket, shard)) return { shard, ref };
    isChanged = true;
    return newShard(type, bucket);
  });
  if (old && !isChanged) return old;
  const shards = parts.map(({ shard }) => shard);
  const set = { size: resources.length, shards: parts.map(({ ref }) => ref) };
  return { set: XDS_TYPES[type].isWholeSet ? { ...set, whole: wholeOf(resources, shards) } : set, shards };
}

/** The text of the body of a type that is sent whole (SNAP-5): all resources in the order of the table, separated by commas. */
export function wholeBody(resources: readonly SealedResource[]): string {
  return bucketsOf(resources, shardCount(resources.length))
    .flatMap((bucket) => bucket.sort(byName))
    .map(({ text }) => text)
    .join(',');
}

function bucketsOf(resources: readonly SealedResource[], count: number): SealedResource[][] {
  const buckets = Array.from({ length: count }, (): SealedResource[] => []);
  for (const resource of resources) buckets[shardAt(resource.place, count)]?.push(resource);
  return buckets;
}

function isSame(bucket: readonly SealedResource[], shard: Shard): boolean {
  const isAlike = bucket.length === shard.size && bucket.every(({ name, hash }) => shard.get(name)?.hash === hash);
  // A name that came twice in place of another one would look alike.
  return isAlike && new Set(bucket.map(({ name }) => name)).size === shard.size;
}

function newShard(type: XdsType, bucket: readonly SealedResource[]): { readonly shard: Shard; readonly ref: ShardRef } {
  const shard = new Map<string, Entry>();
  for (const { name, hash, bytes } of [...bucket].sort(byName)) {
    if (shard.has(name)) throw new DuplicateResource(type, name);
    shard.set(name, { hash, bytes });
  }
  const bytes = bucket.reduce((sum, resource) => sum + resource.bytes + 1, 0);
  return { shard, ref: { hash: hashBytes(printShard(shard)), bytes } };
}

function wholeOf(resources: readonly SealedResource[], shards: readonly Shard[]): WholeSet {
  const versionInfo = versionOf(shards.flatMap((shard) => [...shard].map(([name, { hash }]) => [name, hash] as const)));
  return { body: hashBytes(wholeBody(resources)), versionInfo };
}

function byName(a: SealedResource, b: SealedResource): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Two resources of one type got the same name: a mistake of ours, because Envoy would refuse the whole answer. */
export class DuplicateResource extends Error {
  readonly code = 'DUPLICATE_RESOURCE';
  readonly key: string;
  constructor(type: XdsType, name: string) {
    super(`two ${type} are called ${name}`);
    this.name = 'DuplicateResource';
    this.key = `${type}/${name}`;
  }
}
