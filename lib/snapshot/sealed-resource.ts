import { canonicalJson, type ContentHash, hashBytes } from '../base/hashing.ts';
import type { EnvoyResource, XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type Reference, referencesOf } from './references.ts';

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
  readonly references: readonly Reference[];
}

export function sealResource(resource: EnvoyResource): SealedResource {
  const { type, name } = resource;
  const text = sentBody(resource);
  return { type, name, text, hash: hashBytes(text), references: referencesOf(resource) };
}

/** One resource as it is sent: an Any in canonical JSON. */
export function sentBody(resource: EnvoyResource): string {
  return canonicalJson({ '@type': XDS_TYPES[resource.type].typeUrl, ...resource.body });
}
