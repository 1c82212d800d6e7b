import { type ContentHash, contentHash } from '../../base/hashing.ts';
import { baseOf, type Delta, deltaFromVersions, isNoChange, NO_CHANGE, wantedOf } from '../../delivery/decide-delta.ts';
import type { DeltaRequest } from '../../delivery/read-delta-poll.ts';
import type { Subscriptions } from '../../delivery/subscriptions.ts';
import type { FoundResource } from '../../snapshot/body-part.ts';
import type { TypeManifest } from '../../snapshot/manifest.ts';
import { MAX_SUSPECTS } from '../../delivery/suspects.ts';
import { resourcesIn } from '../../snapshot/type-table.ts';
import { type VersionInfo, versionOf } from '../../snapshot/version-info.ts';
import { orNothing } from '../config/or-nothing.ts';
import { setOf, stateVersions } from './state-versions.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';

/** What a client has and what it should have, of one type. */
export interface TypeDelta extends Delta {
  /** Of the state that the client shows; empty when it shows none. */
  readonly carried: string;
  /** Of the state that it has after the answer. */
  readonly versionInfo: VersionInfo;
  /** Names of what an answer changed that the client says it did not take, the first of them. */
  readonly refused: readonly string[];
}

/**
 * Works out deltas; reads the shards that differ, or, for a client that lists what it has, those of the names. `undefined` for a
 * client that names a state by a nonce which nobody knows (any more): what it should remove is not known then.
 */
export type Deltas = (manifestHash: ContentHash, request: DeltaRequest) => Promise<TypeDelta | undefined>;

export function deltas(snapshots: StoredSnapshots): Deltas {
  const versionFor = stateVersions(snapshots);

  return async (manifestHash, request) => {
    const versionInfo = await versionFor(manifestHash, request);
    const set = setOf(await snapshots.manifest(manifestHash), request.type.xdsType);
    const named = await namedState(snapshots, request);
    if (request.rejection === undefined && request.nonce !== '' && request.versions.size === 0) {
      const since = named && (await deltaSince(snapshots, { before: named.set, set, request }));
      if (!named || !since) return undefined;
      const carried = isNoChange(since) ? versionInfo : await versionFor(named.manifestHash, request);
      return { ...since, carried, versionInfo, refused: [] };
    }
    const delta = deltaFromVersions(request.versions, await wanted(snapshots, set, request.subscriptions));
    if (isNoChange(delta)) return { ...delta, carried: versionInfo, versionInfo, refused: [] };
    const carried = request.versions.size === 0 ? '' : versionOf(request.versions);
    if (request.rejection === undefined || !named) return { ...delta, carried, versionInfo, refused: [] };
    const rejected = deltaFromVersions(request.versions, await wanted(snapshots, named.set, request.subscriptions));
    const refused = [...rejected.changed.keys()].slice(0, MAX_SUSPECTS);
    // What a client did not take it is not sent again; it will be sent what comes next.
    const isSame = (await versionFor(named.manifestHash, request)) === versionInfo;
    return { ...(isSame ? NO_CHANGE : delta), carried, versionInfo, refused };
  };
}

async function wanted(
  snapshots: StoredSnapshots,
  set: TypeManifest,
  { isWildcard, names }: Subscriptions,
): Promise<Iterable<readonly [string, FoundResource]>> {
  return isWildcard ? resourcesIn(await snapshots.table(set)) : snapshots.find(set, [...names]);
}

interface NamedState {
  readonly manifestHash: ContentHash;
  /** Of the type asked for. */
  readonly set: TypeManifest;
}

/** The state that a nonce names; `undefined` where it names none for these subscriptions, or one that nobody knows. */
async function namedState(
  snapshots: StoredSnapshots,
  { nonce, subscriptions, type }: DeltaRequest,
): Promise<NamedState | undefined> {
  const base = baseOf(nonce);
  if (base?.subscriptions !== subscriptions.hash) return undefined;
  const manifestHash = contentHash(base.manifest);
  const manifest = await orNothing(snapshots.manifest(manifestHash)); // swept, or invented by the client
  return manifest && { manifestHash, set: setOf(manifest, type.xdsType) };
}

interface Since {
  readonly before: TypeManifest;
  readonly set: TypeManifest;
  readonly request: DeltaRequest;
}

async function deltaSince(snapshots: StoredSnapshots, { before, set, request }: Since): Promise<Delta | undefined> {
  const difference = await orNothing(snapshots.difference(before, set)); // as in `namedState`
  if (!difference) return undefined;
  const { names, removed } = wantedOf(difference, request.subscriptions);
  return { changed: await snapshots.find(set, names), removed };
}
