import type { ContentHash } from '../base/hashing.ts';
import type { Entry, TypeManifest } from './manifest.ts';
import { placeOf, type Shard, shardAt } from './shard.ts';

/** Where the bytes of an answer come from: a stored body, some bytes out of one, or a text that is too small to store. */
export type BodyPart =
  | { readonly part: 'stored'; readonly body: ContentHash }
  | { readonly part: 'slice'; readonly body: ContentHash; readonly from: number; readonly bytes: number }
  | { readonly part: 'text'; readonly text: string };

/** One resource that a snapshot holds, and where its bytes lie. */
export interface FoundResource extends Entry {
  readonly part: BodyPart;
}

/** The shard of a set in which a name must lie, if it is there at all; `undefined` for an empty set. */
export function shardOfName({ shards }: TypeManifest, name: string): number | undefined {
  return shards.length === 0 ? undefined : shardAt(placeOf(name), shards.length);
}

/** One resource of a set, given the shard in which its name lies: its bytes are a slice of the whole body where there is one. */
export function foundIn(set: TypeManifest, shard: Shard, name: string): FoundResource | undefined {
  const entry = shard.get(name);
  if (entry === undefined) return undefined;
  const index = shardOfName(set, name) ?? 0;
  let from = set.shards.slice(0, index).reduce((bytes, ref) => bytes + ref.bytes, 0);
  for (const [earlier, { bytes }] of shard) {
    if (earlier === name) break;
    from += bytes + 1; // and the comma
  }
  return { ...entry, part: partAt(set, entry, from) };
}

/** Where the bytes of one resource lie that begins there in the body of the whole set, if its type has one. */
export function partAt(set: TypeManifest, { hash, bytes }: Entry, from: number): BodyPart {
  return set.whole ? { part: 'slice', body: set.whole.body, from, bytes } : { part: 'stored', body: hash };
}
