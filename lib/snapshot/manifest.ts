import { canonicalJson, type ContentHash } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { VersionInfo } from './version-info.ts';

/**
 * The root of what one class of proxies is given (SNAP-1): per type which shards its table lies in. It names blobs only, so
 * that an edit of one resource writes one shard and one root, and views that agree in a shard share its blob.
 */
export type Manifest = Readonly<Record<XdsType, TypeManifest>>;

export interface TypeManifest {
  /** How many resources there are. */
  readonly size: number;
  /** One per part of the table, by the first bits of the hash of the name; none for a type without resources. */
  readonly shards: readonly ShardRef[];
  /** Only of types that are always sent whole: all bodies in one blob, ready to send, and the version of the whole set. */
  readonly whole?: WholeSet;
}

export interface ShardRef {
  readonly hash: ContentHash;
  /** What the shard's resources take in the body of the whole set: the sum of their bytes, and one for the comma behind each. */
  readonly bytes: number;
}

export interface WholeSet {
  /** Names a body of several resources separated by commas, the inside of a JSON list: shard by shard, by name in each. */
  readonly body: ContentHash;
  readonly versionInfo: VersionInfo;
}

/** One resource, without its body. */
export interface Entry {
  /** Of the bytes that are sent for it, `@type` included. */
  readonly hash: ContentHash;
  readonly bytes: number;
}

/** The text of a manifest's blob. */
export function printManifest(manifest: Manifest): string {
  return canonicalJson(manifest);
}

/** Throws a TypeError on a text that `printManifest` did not print: one of another release, say. */
export function readManifest(text: string): Manifest {
  const manifest = JSON.parse(text) as Partial<Record<XdsType, Partial<TypeManifest>>>;
  for (const type of Object.keys(XDS_TYPES) as XdsType[]) {
    if (!Array.isArray(manifest[type]?.shards)) throw new TypeError(`the manifest has no table of ${type}`);
  }
  return manifest as Manifest;
}
