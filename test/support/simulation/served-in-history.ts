import { type ContentHash } from '../../../lib/base/hashing.ts';
import type { Head } from '../../../lib/control/build/served-heads.ts';
import { readManifest } from '../../../lib/snapshot/manifest.ts';
import { readShard } from '../../../lib/snapshot/shard.ts';
import type { History } from './history.ts';
import { onceRead } from './mesh-states.ts';

/** What a view served from a moment on: `type/name` -> hash of the body. */
export interface ServedFrom {
  readonly at: number;
  readonly bodies: ReadonlyMap<string, ContentHash>;
}

/** Everything that each view served, one after the other, by its key. */
export function servedIn(history: History): ReadonlyMap<string, readonly ServedFrom[]> {
  const blobs = new Map<ContentHash, Uint8Array>();
  const served = new Map<string, ServedFrom[]>();
  for (const event of history) {
    if (event.what === 'blob') blobs.set(event.hash, event.bytes);
    if (event.what !== 'record' || event.key.partition !== 'heads') continue;
    const bodies = bodiesOf((event.record as Head).manifest, blobs);
    if (bodies) served.set(event.key.id, [...(served.get(event.key.id) ?? []), { at: event.at, bodies }]);
  }
  return served;
}

/** `undefined` where something is not there: that is for others to say. */
function bodiesOf(
  manifest: ContentHash,
  blobs: ReadonlyMap<ContentHash, Uint8Array>,
): ReadonlyMap<string, ContentHash> | undefined {
  const known = whole.get(manifest);
  if (known) return known;
  const bytes = blobs.get(manifest);
  if (!bytes) return undefined;
  const bodies = new Map<string, ContentHash>();
  for (const [type, { shards }] of Object.entries(manifestAt(manifest, bytes))) {
    for (const { hash } of shards) {
      const shard = blobs.get(hash);
      if (!shard) return undefined;
      for (const [name, entry] of shardAt(hash, shard)) bodies.set(`${type}/${name}`, entry.hash);
    }
  }
  whole.set(manifest, bodies);
  return bodies;
}

const whole = new Map<ContentHash, ReadonlyMap<string, ContentHash>>();
const utf8 = new TextDecoder();
const manifestAt = onceRead((bytes) => readManifest(utf8.decode(bytes)));
const shardAt = onceRead((bytes) => readShard(utf8.decode(bytes)));
