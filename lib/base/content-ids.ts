import { type ContentHash, hashOf } from './hashing.ts';
import { leastRecentlyUsed } from './least-recently-used.ts';

/**
 * Small numbers for immutable values, to make keys of: equal numbers, equal content. Each object is read once, however often
 * its number is asked for; a number is never given to other content.
 */
export interface ContentIds {
  /** Of a plain JSON value. Two objects of equal content have one number. */
  of(value: object): number;
  /** A number for an object that is not to be read, because it is only ever compared with itself; it keeps the one it has. */
  assign(value: object): void;
}

/** Content whose number is still known by its hash; a forgotten one gets a new number, which costs a miss and no more. */
const REMEMBERED_HASHES = 500_000;

export function contentIds(): ContentIds {
  const byObject = new WeakMap<object, number>();
  const byHash = leastRecentlyUsed<ContentHash, number>({ max: REMEMBERED_HASHES });
  let newest = 0;
  return {
    of(value) {
      const known = byObject.get(value);
      if (known !== undefined) return known;
      if (value instanceof Map || value instanceof Set) throw new TypeError('maps and sets have no canonical JSON');
      const hash = hashOf(value);
      const id = byHash.get(hash) ?? (newest += 1);
      byHash.set(hash, id);
      byObject.set(value, id);
      return id;
    },
    assign(value) {
      if (!byObject.has(value)) byObject.set(value, (newest += 1));
    },
  };
}
