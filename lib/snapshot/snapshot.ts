import { canonicalJson, type ContentHash, hashBytes } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { SealedResource } from './sealed-resource.ts';
import { type VersionInfo, versionOf } from './version-info.ts';

/** What one class of proxies is given: of every type the names and the hashes of their bodies (SNAP-1). */
export type Manifest = Readonly<Record<XdsType, TypeManifest>>;

export interface TypeManifest {
  /** Name -> hash of the bytes that are sent for it, `@type` included; sorted by name. */
  readonly resources: Readonly<Record<string, ContentHash>>;
  /** Only of types that are always sent whole: all bodies in one blob, ready to send, and the version of the whole set. */
  readonly whole?: WholeSet;
}

export interface WholeSet {
  /** Names a body of several resources separated by commas: the inside of a JSON list. */
  readonly body: ContentHash;
  readonly versionInfo: VersionInfo;
}

/** A snapshot that has its name: equal resources, equal bytes, on every machine and every rebuild (SNAP-2). */
export interface Sealed {
  readonly manifest: Manifest;
  /** The blob that holds the manifest. */
  readonly manifestHash: ContentHash;
  /** Everything that must be stored before a head may name the manifest; the manifest itself is the last. */
  readonly blobs: ReadonlyMap<ContentHash, Uint8Array>;
}

/**
 * Names a set of resources and words their bodies as they will be sent (SNAP-5): whole for clusters and listeners, one by one
 * for all others. The order of the resources does not matter. Throws when two of one type share a name, which Envoy refuses.
 */
export function seal(resources: readonly SealedResource[]): Sealed {
  const blobs = new Map<ContentHash, Uint8Array>();
  const store = (text: string, known?: ContentHash): ContentHash => {
    const bytes = utf8.encode(text);
    const hash = known ?? hashBytes(bytes);
    blobs.set(hash, bytes);
    return hash;
  };
  const types = Object.keys(XDS_TYPES) as XdsType[];
  const manifest = Object.fromEntries(
    types.map((type) => [type, sealType(ofType(type, resources), XDS_TYPES[type].isWholeSet, store)]),
  ) as Record<XdsType, TypeManifest>;
  return { manifest, manifestHash: store(canonicalJson(manifest)), blobs };
}

function sealType(
  resources: readonly SealedResource[],
  isWholeSet: boolean,
  store: (text: string, known?: ContentHash) => ContentHash,
): TypeManifest {
  const named = Object.fromEntries(resources.map(({ name, hash }) => [name, hash]));
  if (!isWholeSet) {
    for (const { text, hash } of resources) store(text, hash);
    return { resources: named };
  }
  const body = store(resources.map(({ text }) => text).join(','));
  return { resources: named, whole: { body, versionInfo: versionOf(Object.entries(named)) } };
}

/** Those of one type, sorted by name. */
function ofType(type: XdsType, resources: readonly SealedResource[]): readonly SealedResource[] {
  const sorted = resources
    .filter((resource) => resource.type === type)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const twice = sorted.find(({ name }, index) => sorted[index + 1]?.name === name);
  if (twice) throw new DuplicateResource(type, twice.name);
  return sorted;
}

/** Two resources of one type got the same name: a mistake of ours, because Envoy would refuse the whole answer. */
export class DuplicateResource extends Error {
  readonly code = 'DUPLICATE_RESOURCE';
  readonly key: string;
  constructor(type: XdsType, name: string) {
    super(`two ${type} are called ${name}`);
    this.name = 'DuplicateResource';
    this.key = `${type}/${name}`;
  }
}

const utf8 = new TextEncoder();
