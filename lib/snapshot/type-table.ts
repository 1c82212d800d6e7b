import { type ContentHash, hashBytes } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type FoundResource, foundIn, foundOf, shardOfName } from './body-part.ts';
import type { Entry, ShardRef, TypeManifest } from './manifest.ts';
import { shardAt, shardCount } from './place.ts';
import type { SealedResource } from './sealed-resource.ts';
import { printShard, type Shard } from './shard.ts';
import { partVersion, versionOfParts } from './version-info.ts';

/** Every name of one type in one snapshot, as the shards that its manifest names. */
export interface TypeTable {
  readonly set: TypeManifest;
  /** One for each of `set.shards`. */
  readonly shards: readonly Shard[];
}

/** The table of resources that are at hand. */
export interface SealedTable extends TypeTable {
  readonly resources: Members;
  readonly parts: readonly SealedShard[];
}

export interface SealedShard {
  readonly shard: Shard;
  readonly ref: ShardRef;
  /** In the order of their names. */
  readonly members: Members;
  /** Of the names and the hashes: what the version of a whole set is made of. */
  readonly version: ContentHash;
}

type Members = readonly SealedResource[];

/** One resource of a loaded table. */
export function resourceIn({ set, shards }: TypeTable, name: string): FoundResource | undefined {
  const shard = shards[shardOfName(set, name) ?? -1];
  return shard && foundIn(set, shard, name);
}

/** All resources of a loaded table. */
export function* resourcesIn({ set, shards }: TypeTable): Generator<readonly [name: string, resource: FoundResource]> {
  for (const [index, shard] of shards.entries()) {
    const ref = set.shards[index];
    if (ref) yield* foundOf(ref, shard);
  }
}

/** All entries of a loaded table, in the order in which the whole set is sent. */
export function* entriesOf({ shards }: Pick<TypeTable, 'shards'>): Generator<readonly [name: string, entry: Entry]> {
  for (const shard of shards) yield* shard;
}

/**
 * The table of the resources, all of one type. Shards that are as they were in `before` are taken from there and not hashed again,
 * and a table in which nothing changed is `before` itself. Throws when two resources share a name, which Envoy refuses.
 */
export function tableOf(type: XdsType, resources: Members, before?: SealedTable): SealedTable {
  const replaced = before && replacedIn(before.resources, resources);
  if (replaced) return withReplaced(type, { resources, before, replaced });
  const count = shardCount(resources.length);
  const old = before?.parts.length === count ? before.parts : undefined;
  const parts = bucketsOf(resources, count).map((bucket, index) => {
    const same = old?.[index];
    return same && isSame(bucket, same) ? same : newShard(type, bucket);
  });
  if (before && old && parts.every((part, index) => part === old[index])) return before;
  return tableOfParts(type, resources, parts);
}

function tableOfParts(type: XdsType, resources: Members, parts: readonly SealedShard[]): SealedTable {
  const set = { size: resources.length, shards: parts.map(({ ref }) => ref) };
  const whole = { versionInfo: versionOfParts(parts.map(({ version }) => version)) };
  const { isWholeSet } = XDS_TYPES[type];
  return { set: isWholeSet ? { ...set, whole } : set, shards: parts.map(({ shard }) => shard), parts, resources };
}

/** More replacements than this are not followed one by one. */
const MAX_REPLACED = 64;

/** By the resources that a list had before, others of the same names in their places; `undefined` if that is not all that differs. */
function replacedIn(before: Members, now: Members): ReadonlyMap<SealedResource, SealedResource> | undefined {
  if (before.length !== now.length) return undefined;
  const replaced = new Map<SealedResource, SealedResource>();
  for (const [index, resource] of now.entries()) {
    const old = before[index];
    if (old === undefined || old === resource) continue;
    if (old.name !== resource.name || replaced.size === MAX_REPLACED) return undefined;
    replaced.set(old, resource);
  }
  return replaced;
}

interface Replacement {
  readonly resources: Members;
  readonly before: SealedTable;
  readonly replaced: ReadonlyMap<SealedResource, SealedResource>;
}

/** Makes the shards anew in which a resource was replaced. */
function withReplaced(type: XdsType, { resources, before, replaced }: Replacement): SealedTable {
  const touched = new Set([...replaced.keys()].map(({ place }) => shardAt(place, before.parts.length)));
  const parts = before.parts.map((part, index) => {
    if (!touched.has(index)) return part;
    const members = part.members.map((member) => replaced.get(member) ?? member);
    return isSame(members, part) ? part : newShard(type, members);
  });
  return parts.every((part, index) => part === before.parts[index]) ? before : tableOfParts(type, resources, parts);
}

/** The text of the body of one shard of a type that is sent whole (SNAP-5). */
export const shardBody = (members: Members): string =>
  members.flatMap(({ chunks }) => chunks.map(({ text }) => text)).join();

function bucketsOf(resources: Members, count: number): SealedResource[][] {
  const buckets = Array.from({ length: count }, (): SealedResource[] => []);
  for (const resource of resources) buckets[shardAt(resource.place, count)]?.push(resource);
  return buckets;
}

function isSame(bucket: Members, { members, shard }: SealedShard): boolean {
  if (bucket.length !== members.length) return false;
  if (bucket.every((resource, index) => resource === members[index])) return true;
  // A name that came twice in place of another one would look alike.
  return (
    bucket.every(({ name, hash }) => shard.get(name)?.hash === hash) &&
    new Set(bucket.map(({ name }) => name)).size === shard.size
  );
}

function newShard(type: XdsType, bucket: Members): SealedShard {
  const members = [...bucket].sort(byName);
  const shard = new Map<string, Entry>();
  for (const { name, hash, bytes, chunks } of members) {
    if (shard.has(name)) throw new DuplicateResource(type, name);
    shard.set(name, { hash, bytes, ...(chunks.length > 1 && { chunks: chunks.map((chunk) => chunk.hash) }) });
  }
  const hash = hashBytes(printShard(shard));
  const version = partVersion(members.map((member) => [member.name, member.hash]));
  const hasBody = XDS_TYPES[type].isWholeSet && members.length > 0;
  return { shard, members, version, ref: { hash, ...(hasBody && { body: hashBytes(shardBody(members)) }) } };
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
