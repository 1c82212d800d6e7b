import type { ContentHash } from '../../base/hashing.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Offer } from '../../delivery/decide.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import { type BodyPart, wholeParts } from '../../snapshot/body-part.ts';
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
  return { whole: { versionInfo: set.whole.versionInfo, parts: wholeParts(set) }, found: new Map() };
}

interface AskedOf {
  readonly type: XdsType | undefined;
  readonly names: readonly string[];
}

const NOTHING: Offer = { found: new Map() };

/** Bytes that make up one part of an answer, to be sent one behind the other. */
export type PartBytes = readonly Uint8Array[];

/**
 * The bytes of each part of an answer. Blobs that this process has are not read again, and the others together, some at a time: an
 * edit leaves all but one or two as they were (SNAP-5).
 */
export async function readParts(
  snapshots: Pick<StoredSnapshots, 'bodies'>,
  parts: readonly BodyPart[],
): Promise<readonly PartBytes[]> {
  const blobs = [...new Set(parts.flatMap(blobsOf))];
  const read = await snapshots.bodies(blobs);
  const bytes = new Map(blobs.map((blob, index) => [blob, read[index]]));
  const bytesOf = (blob: ContentHash): Uint8Array => {
    const found = bytes.get(blob);
    if (found === undefined) throw new RangeError(`blob ${blob} was not read`);
    return found;
  };
  return parts.map((part) => partBytes(part, bytesOf));
}

function blobsOf(part: BodyPart): readonly ContentHash[] {
  switch (part.part) {
    case 'stored':
      return part.blobs;
    case 'slice':
      return [part.blob];
    case 'text':
      return [];
    default:
      return unreachable(part);
  }
}

function partBytes(part: BodyPart, bytesOf: (blob: ContentHash) => Uint8Array): PartBytes {
  switch (part.part) {
    case 'stored':
      return part.blobs.map(bytesOf);
    case 'slice':
      return [bytesOf(part.blob).subarray(part.from, part.from + part.bytes)];
    case 'text':
      return [utf8.encode(part.text)];
    default:
      return unreachable(part);
  }
}

const utf8 = new TextEncoder();

/** Reads parts of one answer. What it cuts slices out of it holds until the answer is made: others may push it out of the memory. */
export function partReader(snapshots: Pick<StoredSnapshots, 'bodies'>): (part: BodyPart) => Promise<PartBytes> {
  const held = new Map<ContentHash, Promise<readonly Uint8Array[]>>();
  const cutFrom = (blob: ContentHash): Promise<readonly Uint8Array[]> => {
    const reading = held.get(blob) ?? snapshots.bodies([blob]);
    held.set(blob, reading);
    return reading;
  };
  return async (part) => {
    const [bytes = []] = await readParts(part.part === 'slice' ? { bodies: () => cutFrom(part.blob) } : snapshots, [
      part,
    ]);
    return bytes;
  };
}
