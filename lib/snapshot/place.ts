import { hashBytes } from '../base/hashing.ts';

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

/** Places are whole numbers below this. */
export const PLACES = 2 ** 32;

/** The first 32 bits of the SHA-256 of a name, which say where in a table of any size it lies. */
export function placeOf(name: string): number {
  return Number.parseInt(hashBytes(name).slice(0, 8), 16);
}

/** Which of the shards a place lies in. */
export function shardAt(place: number, count: number): number {
  return Math.floor((place * count) / PLACES);
}
