import { canonicalJson, type ContentHash } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { ALL_XDS_TYPES } from '../envoy/xds-types.ts';
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
  /** Only of types that are always sent whole, whose bodies lie shard by shard. */
  readonly whole?: WholeSet;
}

export interface ShardRef {
  readonly hash: ContentHash;
  /**
   * Of a type that is always sent whole: all resources of the shard in the order of their names, separated by commas, ready to send.
   * Absent where the shard is empty.
   */
  readonly body?: ContentHash;
}

export interface WholeSet {
  readonly versionInfo: VersionInfo;
}

/** One resource, without its body. */
export interface Entry {
  /** Names the bytes that are sent for it, `@type` included: see `hashOfChunks`. */
  readonly hash: ContentHash;
  readonly bytes: number;
  /** Of a large one: the blobs that its bytes are, one behind the other. Without, they are one blob of that hash. */
  readonly chunks?: readonly ContentHash[];
}

/** The text of a manifest's blob. */
export function printManifest(manifest: Manifest): string {
  return canonicalJson(manifest);
}

/** Throws a TypeError on a text that `printManifest` did not print: one of another release, say. */
export function readManifest(text: string): Manifest {
  const manifest = JSON.parse(text) as Partial<Record<XdsType, Partial<TypeManifest>>>;
  for (const type of ALL_XDS_TYPES) {
    const { shards, whole } = manifest[type] ?? {};
    if (!Array.isArray(shards)) throw new TypeError(`the manifest has no table of ${type}`);
    if (whole && 'body' in whole) throw new TypeError(`the manifest has one body for all ${type}`);
  }
  return manifest as Manifest;
}
