import { canonicalJson, type ContentHash, hashBytes } from '../base/hashing.ts';
import type { EnvoyResource, XdsType } from '../envoy/envoy-resource.ts';
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
  const { type, name } = resource;
  const text = sentBody(resource);
  const bytes = utf8.encode(text);
  return {
    type,
    name,
    text,
    hash: hashBytes(bytes),
    bytes: bytes.byteLength,
    place: placeOf(name),
    references: referencesOf(resource),
  };
}

/** One resource as it is sent: an Any in canonical JSON. */
export function sentBody(resource: EnvoyResource): string {
  return canonicalJson({ '@type': XDS_TYPES[resource.type].typeUrl, ...resource.body });
}

const utf8 = new TextEncoder();
