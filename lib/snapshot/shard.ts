import type { ContentHash } from '../base/hashing.ts';
import type { Entry } from './manifest.ts';

/** One part of a type's table: name -> entry, in ascending order of the names. */
export type Shard = ReadonlyMap<string, Entry>;

type Row = readonly [name: string, hash: ContentHash, bytes: number, ...chunks: ContentHash[]];

/** The text of a shard's blob. A list and not an object: a name may be a word that objects know, such as `__proto__`. */
export function printShard(shard: Shard): string {
  return JSON.stringify([...shard].map(([name, { hash, bytes, chunks = [] }]): Row => [name, hash, bytes, ...chunks]));
}

export function readShard(text: string): Shard {
  const rows = JSON.parse(text) as readonly Row[];
  return new Map(
    rows.map(([name, hash, bytes, ...chunks]) => [name, { hash, bytes, ...(chunks.length > 0 && { chunks }) }]),
  );
}
