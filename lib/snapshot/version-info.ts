import type { Brand } from '../base/brand.ts';
import { type ContentHash, hashOf } from '../base/hashing.ts';
import { placeOf, shardAt, shardCount } from './place.ts';

/** What an Envoy echoes for what it took: opaque to it, 32 hex digits of our making. */
export type VersionInfo = Brand<string, 'VersionInfo'>;

/** Takes the version that a poll echoes. It names what the proxy runs, whether or not that was made here lately. */
export const echoedVersion = (text: string): VersionInfo => text as VersionInfo;

/** Half a SHA-256: Envoy sends it with every poll, and 128 bits never meet by accident. */
const VERSION_DIGITS = 32;

/** A name and the hash of its body; `undefined` stands for a name that has no body. */
export type Named = readonly [name: string, hash: string | undefined];

/**
 * Version of a set of names and the hashes of their bodies. Order and repetition do not count: equal bodies, equal version, in every
 * region and after every rebuild (SNAP-2, PX-13). A long set is cut in parts by the names, as tables are, so that whoever has the
 * versions of the parts can word that of the set after a change of one.
 */
export function versionOf(bodies: Iterable<Named>): VersionInfo {
  const distinct = new Map(bodies);
  const count = shardCount(distinct.size);
  if (count <= 1) return versionOfParts([partVersion([...distinct].sort(byName))]);
  const parts = Array.from({ length: count }, (): Named[] => []);
  for (const named of distinct) parts[shardAt(placeOf(named[0]), count)]?.push(named);
  return versionOfParts(parts.map((part) => partVersion(part.sort(byName))));
}

/** Of the names of one part of a set, each once and in ascending order. */
export const partVersion = (part: readonly Named[]): ContentHash =>
  hashOf(part.map(([name, hash]) => [name, hash ?? null]));

/** Of a set that is cut in as many parts as `shardCount` says; a set of one part, or of none, has the version of the part. */
export function versionOfParts(parts: readonly ContentHash[]): VersionInfo {
  const [only = NOTHING, ...others] = parts;
  return (others.length === 0 ? only : hashOf(parts)).slice(0, VERSION_DIGITS) as VersionInfo;
}

const NOTHING = partVersion([]);

const byName = ([a]: Named, [b]: Named): number => (a < b ? -1 : 1);
