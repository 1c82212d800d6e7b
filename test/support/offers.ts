import { unreachable } from '../../lib/base/unreachable.ts';
import type { Offer } from '../../lib/delivery/decide.ts';
import type { XdsType } from '../../lib/envoy/envoy-resource.ts';
import { type BodyPart, wholeParts } from '../../lib/snapshot/body-part.ts';
import { blobsSince, type Sealed } from '../../lib/snapshot/snapshot.ts';
import { resourceIn } from '../../lib/snapshot/type-table.ts';
import { hashBytes } from '../../lib/base/hashing.ts';

/** What a snapshot that was never stored has of what a poll asks for. */
export function offerIn({ tables }: Sealed, type: XdsType | undefined, names: readonly string[]): Offer {
  if (type === undefined) return { found: new Map() };
  const { set } = tables[type];
  const found = names.flatMap((name) => {
    const resource = resourceIn(tables[type], name);
    return resource ? [[name, resource] as const] : [];
  });
  if (!set.whole) return { found: new Map(found) };
  return { whole: { versionInfo: set.whole.versionInfo, parts: wholeParts(set) }, found: new Map() };
}

/** Every blob of a snapshot by its name. */
export function blobsByHash(sealed: Sealed): ReadonlyMap<string, Uint8Array> {
  return new Map(blobsSince(sealed).map((bytes) => [hashBytes(bytes), bytes]));
}

/** The text that a part of an answer stands for. */
export function textOfPart(sealed: Sealed, part: BodyPart): string {
  const blobs = blobsByHash(sealed);
  const bytesOf = (blob: string): Uint8Array => {
    const bytes = blobs.get(blob);
    if (!bytes) throw new Error(`no blob ${blob}`);
    return bytes;
  };
  switch (part.part) {
    case 'stored':
      return part.blobs.map((blob) => utf8.decode(bytesOf(blob))).join('');
    case 'slice':
      return utf8.decode(bytesOf(part.blob).subarray(part.from, part.from + part.bytes));
    case 'text':
      return part.text;
    default:
      return unreachable(part);
  }
}

const utf8 = new TextDecoder();
