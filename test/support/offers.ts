import { unreachable } from '../../lib/base/unreachable.ts';
import type { Offer } from '../../lib/delivery/decide.ts';
import type { XdsType } from '../../lib/envoy/envoy-resource.ts';
import type { BodyPart } from '../../lib/snapshot/body-part.ts';
import { blobsSince, type Sealed } from '../../lib/snapshot/snapshot.ts';
import { resourceIn } from '../../lib/snapshot/type-table.ts';
import { hashBytes } from '../../lib/base/hashing.ts';

/** What a snapshot that was never stored has of what a poll asks for. */
export function offerIn({ tables }: Sealed, type: XdsType | undefined, names: readonly string[]): Offer {
  if (type === undefined) return { found: new Map() };
  const { whole, size } = tables[type].set;
  const found = names.flatMap((name) => {
    const resource = resourceIn(tables[type], name);
    return resource ? [[name, resource] as const] : [];
  });
  if (!whole) return { found: new Map(found) };
  const { versionInfo, body } = whole;
  return { whole: { versionInfo, parts: size === 0 ? [] : [{ part: 'stored', body }] }, found: new Map() };
}

/** Every blob of a snapshot by its name. */
export function blobsByHash(sealed: Sealed): ReadonlyMap<string, Uint8Array> {
  return new Map(blobsSince(sealed).map((bytes) => [hashBytes(bytes), bytes]));
}

/** The text that a part of an answer stands for. */
export function textOfPart(sealed: Sealed, part: BodyPart): string {
  if (part.part === 'text') return part.text;
  const bytes = blobsByHash(sealed).get(part.body);
  if (!bytes) throw new Error(`no blob ${part.body}`);
  switch (part.part) {
    case 'stored':
      return utf8.decode(bytes);
    case 'slice':
      return utf8.decode(bytes.subarray(part.from, part.from + part.bytes));
    default:
      return unreachable(part);
  }
}

const utf8 = new TextDecoder();
