import type { Brand } from '../base/brand.ts';
import { hashOf } from '../base/hashing.ts';

/** What an Envoy echoes for what it took: opaque to it, 32 hex digits of our making. */
export type VersionInfo = Brand<string, 'VersionInfo'>;

/** Takes the version that a poll echoes. It names what the proxy runs, whether or not that was made here lately. */
export const echoedVersion = (text: string): VersionInfo => text as VersionInfo;

/** Half a SHA-256: Envoy sends it with every poll, and 128 bits never meet by accident. */
const VERSION_DIGITS = 32;

/**
 * Version of a set of names and the hashes of their bodies; `undefined` stands for a name that has no body. Order and
 * repetition do not count: equal bodies, equal version, in every region and after every rebuild (SNAP-2, PX-13).
 */
export function versionOf(bodies: Iterable<readonly [name: string, hash: string | undefined]>): VersionInfo {
  const sorted = [...new Map(bodies)].sort(([a], [b]) => (a < b ? -1 : 1));
  return hashOf(sorted.map(([name, hash]) => [name, hash ?? null])).slice(0, VERSION_DIGITS) as VersionInfo;
}
