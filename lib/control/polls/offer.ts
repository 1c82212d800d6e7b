import type { ContentHash } from '../../base/hashing.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Offer } from '../../delivery/decide.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import type { BodyPart } from '../../snapshot/body-part.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';

/** What the snapshot of that name has of what is asked for: reads the manifest and the shards of the names, no bodies. */
export async function offerFor(
  snapshots: Pick<StoredSnapshots, 'manifest' | 'find'>,
  manifestHash: ContentHash,
  { type, names }: AskedOf,
): Promise<Offer> {
  if (type === undefined) return NOTHING;
  const set = (await snapshots.manifest(manifestHash))[type];
  if (!set.whole) return { found: await snapshots.find(set, names) };
  const { versionInfo, body } = set.whole;
  return { whole: { versionInfo, parts: set.size === 0 ? [] : [{ part: 'stored', body }] }, found: new Map() };
}

interface AskedOf {
  readonly type: XdsType | undefined;
  readonly names: readonly string[];
}

const NOTHING: Offer = { found: new Map() };

/** The bytes of one part of an answer; reads at most one blob (SNAP-5). */
export async function sentBytes(
  snapshots: Pick<StoredSnapshots, 'body'>,
  part: BodyPart,
): Promise<string | Uint8Array> {
  switch (part.part) {
    case 'stored':
      return snapshots.body(part.body);
    case 'slice':
      return (await snapshots.body(part.body)).subarray(part.from, part.from + part.bytes);
    case 'text':
      return part.text;
    default:
      return unreachable(part);
  }
}

/** Reads the parts of one answer. What it cuts slices out of it holds until the answer is made: others may push it out of the memory. */
export function partReader(snapshots: Pick<StoredSnapshots, 'body'>): (part: BodyPart) => Promise<string | Uint8Array> {
  const held = new Map<ContentHash, Promise<Uint8Array>>();
  const body = (hash: ContentHash): Promise<Uint8Array> => {
    const reading = held.get(hash) ?? snapshots.body(hash);
    held.set(hash, reading);
    return reading;
  };
  return (part) => sentBytes(part.part === 'slice' ? { body } : snapshots, part);
}
