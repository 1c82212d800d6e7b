import type { ContentHash } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { DiscoveryType } from '../../delivery/discovery-types.ts';
import type { Subscriptions } from '../../delivery/subscriptions.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import type { Manifest, TypeManifest } from '../../snapshot/manifest.ts';
import { entriesOf } from '../../snapshot/type-table.ts';
import { type VersionInfo, versionOf } from '../../snapshot/version-info.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';

/** Part of one type: all of it, or some names. */
export interface Wanted {
  readonly type: DiscoveryType;
  readonly subscriptions: Subscriptions;
}

/** The version of what a snapshot has of what is wanted. Equal proxies want equal parts: it is worked out once for them. */
export type StateVersions = (manifestHash: ContentHash, wanted: Wanted) => Promise<VersionInfo>;

const REMEMBERED_VERSIONS = 10_000;

export function stateVersions(snapshots: Pick<StoredSnapshots, 'manifest' | 'table' | 'find'>): StateVersions {
  const versions = leastRecentlyUsed<string, VersionInfo>({ max: REMEMBERED_VERSIONS });
  return async (manifestHash, { type, subscriptions }) => {
    const key = `${manifestHash} ${type.path} ${subscriptions.hash}`;
    const known = versions.get(key);
    if (known !== undefined) return known;
    const set = setOf(await snapshots.manifest(manifestHash), type.xdsType);
    const version = await versionIn(snapshots, set, subscriptions);
    versions.set(key, version);
    return version;
  };
}

const NO_RESOURCES: TypeManifest = { size: 0, shards: [] };

/** What a snapshot has of a type; nothing of types that nothing in the product makes. */
export function setOf(manifest: Manifest, type: XdsType | undefined): TypeManifest {
  return type === undefined ? NO_RESOURCES : manifest[type];
}

async function versionIn(
  snapshots: Pick<StoredSnapshots, 'table' | 'find'>,
  set: TypeManifest,
  subscriptions: Subscriptions,
): Promise<VersionInfo> {
  if (subscriptions.isWildcard && set.whole) return set.whole.versionInfo;
  const entries = subscriptions.isWildcard
    ? entriesOf(await snapshots.table(set))
    : await snapshots.find(set, [...subscriptions.names]);
  return versionOf([...entries].map(([name, { hash }]) => [name, hash] as const));
}
