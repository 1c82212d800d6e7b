import { canonicalJson, type ContentHash } from '../base/hashing.ts';
import type { EnvoyResource, ProtoJson, XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type Chunk, chunkOf, hashOfChunks } from './chunk.ts';
import { placeOf, PLACES } from './place.ts';
import { isSevere, type Reference, referencesOf } from './references.ts';

/**
 * One resource as it leaves: its text, the hash that names it, and what it needs beside it. Made once and shared by every
 * snapshot that has it; the same object stands for the same bytes, so that lists of them are compared without reading.
 */
export interface SealedResource {
  readonly type: XdsType;
  readonly name: string;
  /** What is sent for it, an Any in canonical JSON: the texts of these, one behind the other. */
  readonly chunks: readonly Chunk[];
  /** Names the chunks. */
  readonly hash: ContentHash;
  /** Of the text in UTF-8, how many. */
  readonly bytes: number;
  /** Of the name: where in a table it lies, see `placeOf`. */
  readonly place: number;
  /** What the resource cannot be without. */
  readonly references: readonly Reference[];
}

export function sealResource(resource: EnvoyResource): SealedResource {
  const { virtualHosts, ...body } = resource.body;
  if (resource.type === 'routes' && Array.isArray(virtualHosts) && virtualHosts.length > 0) {
    const parts = (virtualHosts as readonly ProtoJson[]).map((host) => sealPart('routes', String(host['name']), host));
    return sealFromParts({ rest: { ...resource, body }, member: 'virtualHosts', parts });
  }
  return sealed(resource, [chunkOf(sentBody(resource))], referencesOf(resource).filter(isSevere));
}

function sealed(
  { type, name }: Pick<EnvoyResource, 'type' | 'name'>,
  chunks: readonly Chunk[],
  references: readonly Reference[],
): SealedResource {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  return { type, name, chunks, hash: hashOfChunks(chunks), bytes, place: placeOf(name), references };
}

/** One resource as it is sent: an Any in canonical JSON. */
export function sentBody(resource: EnvoyResource): string {
  return canonicalJson({ '@type': XDS_TYPES[resource.type].typeUrl, ...resource.body });
}

/** A part of resources of one type that is worded once and stands in several of them. */
export interface SealedPart {
  /** Canonical JSON. */
  readonly text: string;
  readonly references: readonly Reference[];
  /** Whether a chunk begins with the part in a text that is cut: what the part says alone decides it. */
  readonly beginsChunk: boolean;
}

export function sealPart(type: XdsType, name: string, body: ProtoJson): SealedPart {
  const text = canonicalJson(body);
  const references = referencesOf({ type, name, body }).filter(isSevere);
  return { text, references, beginsChunk: (placeOf(name) / PLACES) * CHUNK_CHARACTERS < text.length };
}

/** What a chunk of many parts has on average; a longer part begins one always. */
const CHUNK_CHARACTERS = 32 * 1024;
/** A text of fewer is stored as one. */
const MIN_CUT_CHARACTERS = 2 * CHUNK_CHARACTERS;

/** Makes a chunk of parts between two texts; may remember what it made of the same parts. */
export type ChunkParts = (parts: readonly SealedPart[], around: Around) => Chunk;

export interface Around {
  readonly before: string;
  readonly after: string;
}

export const chunkParts: ChunkParts = (parts, { before, after }) =>
  chunkOf(`${before}${parts.map(({ text }) => text).join()}${after}`);

/**
 * The same as sealing a resource whose `member` lists the parts, without wording them again. A long one is cut where parts begin that
 * say so: a part that is edited, added or left out changes the chunk in which it lies, or two, and leaves all others as they were.
 * The resource given is the rest of it, which cannot be without anything itself.
 */
export function sealFromParts(
  { rest, member, parts }: ResourceInParts,
  chunk: ChunkParts = chunkParts,
): SealedResource {
  const around = aroundMember(rest, member);
  const length = parts.reduce((sum, { text }) => sum + text.length + 1, 0);
  const groups = length < MIN_CUT_CHARACTERS ? [parts] : groupsOf(parts);
  const chunks = groups.map((group, index) =>
    chunk(group, {
      before: index === 0 ? around.before : ',',
      after: index === groups.length - 1 ? around.after : '',
    }),
  );
  return sealed(rest, chunks, distinct(parts.flatMap((part) => part.references)));
}

export interface ResourceInParts {
  readonly rest: EnvoyResource;
  readonly member: string;
  /** At least one. */
  readonly parts: readonly SealedPart[];
}

function groupsOf(parts: readonly SealedPart[]): readonly (readonly SealedPart[])[] {
  const groups: SealedPart[][] = [];
  let group: SealedPart[] | undefined;
  for (const part of parts) {
    if (group === undefined || part.beginsChunk) groups.push((group = []));
    group.push(part);
  }
  return groups;
}

/** The text of a resource before and behind what one of its members lists. */
function aroundMember({ type, body }: EnvoyResource, member: string): Around {
  const members: ProtoJson = { '@type': XDS_TYPES[type].typeUrl, ...body };
  const names = Object.keys(members).sort();
  const worded = (some: readonly string[]): readonly string[] =>
    some.map((name) => `${JSON.stringify(name)}:${canonicalJson(members[name])}`);
  return {
    before: `{${[...worded(names.filter((name) => name < member)), `${JSON.stringify(member)}:[`].join()}`,
    after: `${[']', ...worded(names.filter((name) => name > member))].join()}}`,
  };
}

/** Each reference once. */
function distinct(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((reference) => [`${reference.type}/${reference.name}`, reference])).values()];
}
