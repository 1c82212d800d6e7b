import type { ContentHash } from '../base/hashing.ts';
import type { Entry, ShardRef, TypeManifest } from './manifest.ts';
import { placeOf, shardAt } from './place.ts';
import type { Shard } from './shard.ts';

/**
 * Where the bytes of an answer come from: stored blobs one behind the other, some bytes out of one, or a text that is too small to
 * store.
 */
export type BodyPart =
  | { readonly part: 'stored'; readonly blobs: readonly ContentHash[] }
  | { readonly part: 'slice'; readonly blob: ContentHash; readonly from: number; readonly bytes: number }
  | { readonly part: 'text'; readonly text: string };

/** One resource that a snapshot holds, and where its bytes lie. */
export interface FoundResource extends Entry {
  readonly part: BodyPart;
}

/** All of a type that is always sent whole: some resources each, to be separated by commas. */
export function wholeParts({ shards }: TypeManifest): readonly BodyPart[] {
  return shards.flatMap(({ body }): readonly BodyPart[] => (body ? [{ part: 'stored', blobs: [body] }] : []));
}

/** The shard of a set in which a name must lie, if it is there at all; `undefined` for an empty set. */
export function shardOfName({ shards }: TypeManifest, name: string): number | undefined {
  return shards.length === 0 ? undefined : shardAt(placeOf(name), shards.length);
}

/** One resource of a set, given the shard in which its name lies: its bytes are a slice of the shard's body where there is one. */
export function foundIn(set: TypeManifest, shard: Shard, name: string): FoundResource | undefined {
  const entry = shard.get(name);
  if (entry === undefined) return undefined;
  const ref = set.shards[shardOfName(set, name) ?? 0];
  if (ref?.body === undefined) return { ...entry, part: storedPart(entry) };
  let from = 0;
  for (const [earlier, { bytes }] of shard) {
    if (earlier === name) break;
    from += bytes + 1; // and the comma
  }
  return { ...entry, part: { part: 'slice', blob: ref.body, from, bytes: entry.bytes } };
}

/** All resources of a shard. */
export function* foundOf(
  { body }: ShardRef,
  shard: Shard,
): Generator<readonly [name: string, resource: FoundResource]> {
  let from = 0;
  for (const [name, entry] of shard) {
    const part: BodyPart = body ? { part: 'slice', blob: body, from, bytes: entry.bytes } : storedPart(entry);
    yield [name, { ...entry, part }];
    from += entry.bytes + 1; // and the comma
  }
}

/** Where the bytes of a resource lie that is stored by itself. */
const storedPart = ({ hash, chunks }: Entry): BodyPart => ({ part: 'stored', blobs: chunks ?? [hash] });
