import { canonicalJson, type ContentHash, hashBytes } from '../base/hashing.ts';
import type { EnvoyResource, ProtoJson, XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type Reference, referencesOf } from './references.ts';
import { placeOf } from './shard.ts';

/**
 * One resource as it leaves: its text, the hash that names it, and what it needs beside it. Made once and shared by every
 * snapshot that has it; the same object stands for the same bytes, so that lists of them are compared without reading.
 */
export interface SealedResource {
  readonly type: XdsType;
  readonly name: string;
  /** What is sent for it: an Any in canonical JSON. */
  readonly text: string;
  /** Of the text's UTF-8 bytes. */
  readonly hash: ContentHash;
  /** Of the text in UTF-8, how many. */
  readonly bytes: number;
  /** Of the name: where in a table it lies, see `placeOf`. */
  readonly place: number;
  readonly references: readonly Reference[];
}

export function sealResource(resource: EnvoyResource): SealedResource {
  return sealed(resource, sentBody(resource), referencesOf(resource));
}

function sealed(
  { type, name }: Pick<EnvoyResource, 'type' | 'name'>,
  text: string,
  references: readonly Reference[],
): SealedResource {
  const bytes = utf8.encode(text);
  return { type, name, text, hash: hashBytes(bytes), bytes: bytes.byteLength, place: placeOf(name), references };
}

/** One resource as it is sent: an Any in canonical JSON. */
export function sentBody(resource: EnvoyResource): string {
  return canonicalJson({ '@type': XDS_TYPES[resource.type].typeUrl, ...resource.body });
}

const utf8 = new TextEncoder();

/** A part of resources of one type that is worded once and stands in several of them. */
export interface SealedPart {
  /** Canonical JSON. */
  readonly text: string;
  readonly references: readonly Reference[];
}

export function sealPart(type: XdsType, name: string, body: ProtoJson): SealedPart {
  return { text: canonicalJson(body), references: referencesOf({ type, name, body }) };
}

/**
 * The same as sealing a resource whose `member` lists the parts, without wording them again. The resource given is the rest of
 * it, which names nothing itself.
 */
export function sealFromParts(rest: EnvoyResource, member: string, parts: readonly SealedPart[]): SealedResource {
  if (parts.length === 0) return sealResource(rest);
  const list = `[${parts.map(({ text }) => text).join()}]`;
  const members: ProtoJson = { '@type': XDS_TYPES[rest.type].typeUrl, ...rest.body };
  const texts = [...Object.keys(members), member]
    .sort()
    .map((key) => `${JSON.stringify(key)}:${key === member ? list : canonicalJson(members[key])}`);
  const text = `{${texts.join()}}`;
  return sealed(rest, text, distinct(parts.flatMap((part) => part.references)));
}

/** Each reference once. A mesh has many: the names are compared by themselves, because a key of both would be made for each. */
function distinct(references: readonly Reference[]): readonly Reference[] {
  const seen = new Map<XdsType, Set<string>>();
  return references.filter(({ type, name }) => {
    const names = seen.get(type) ?? new Set();
    seen.set(type, names);
    return names.size < names.add(name).size;
  });
}
