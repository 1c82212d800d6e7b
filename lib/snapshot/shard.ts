import { hashBytes } from '../base/hashing.ts';
import type { Entry } from './manifest.ts';

/** One part of a type's table: name -> entry, in ascending order of the names. */
export type Shard = ReadonlyMap<string, Entry>;

/** Above this a table has twice as many shards: a shard is then a blob of about 5 KB. */
const MAX_ENTRIES_PER_SHARD = 64;

/**
 * How many shards a table of that size has: a power of two that depends on nothing else, so that equal content lies in equal
 * blobs however it came about (SNAP-2).
 */
export function shardCount(size: number): number {
  if (size === 0) return 0;
  return 2 ** Math.max(0, Math.ceil(Math.log2(size / MAX_ENTRIES_PER_SHARD)));
}

/** The first 32 bits of the SHA-256 of a name, which say where in a table of any size it lies. */
export function placeOf(name: string): number {
  return Number.parseInt(hashBytes(name).slice(0, 8), 16);
}

/** Which of the shards a place lies in. */
export function shardAt(place: number, count: number): number {
  return Math.floor((place * count) / 2 ** 32);
}

/** The text of a shard's blob. A list and not an object: a name may be a word that objects know, such as `__proto__`. */
export function printShard(shard: Shard): string {
  return JSON.stringify([...shard].map(([name, { hash, bytes }]) => [name, hash, bytes]));
}

export function readShard(text: string): Shard {
  const rows = JSON.parse(text) as readonly (readonly [string, Entry['hash'], number])[];
  return new Map(rows.map(([name, hash, bytes]) => [name, { hash, bytes }]));
}
