import { type ContentHash, hashOf } from '../base/hashing.ts';
import type { DiscoveryType } from './discovery-types.ts';

/** The largest body of a poll: an Envoy that does not strip its extension list sends about 77 KB. */
export const MAX_POLL_BYTES = 1024 * 1024;
/** The largest node without its extensions, in characters of JSON: metadata of a proxy is a few hundred. */
const MAX_NODE_CHARACTERS = 64 * 1024;
const MAX_NODE_DEPTH = 32;
/** Envoy asks for one name at a time; other clients may ask for a few. */
const MAX_NAMES = 1_000;
const MAX_NAME_CHARACTERS = 1_000;

/** One read request of a proxy for one type. */
export interface Poll {
  readonly type: DiscoveryType;
  readonly node: PolledNode;
  /** Equal for equal nodes, whatever the order of their keys. */
  readonly nodeHash: ContentHash;
  /** What the proxy last took; empty on its first poll. */
  readonly versionInfo: string;
  /** Each once, sorted. Empty asks for the whole set, or, of a type that goes by name, for nothing. */
  readonly names: readonly string[];
}

/** What a node says of itself, unread but for its id; the long list of its extensions is dropped. */
export interface PolledNode {
  readonly id: string;
  readonly cluster: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly locality: Readonly<Record<string, unknown>>;
}

/** Why a request is not answered: a status, a stable word for scripts, and a sentence for people. */
export interface Refusal {
  readonly status: 400 | 404 | 405 | 413;
  readonly code: string;
  readonly message: string;
}

export type ReadPoll = { readonly ok: true; readonly poll: Poll } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads a DiscoveryRequest, in the snake_case that Envoy writes or in camelCase. Nothing in it is trusted: what is too large,
 * too deep or of the wrong type is refused with 400 or 413 (DLV-7), a missing node too, because REST has no connection to
 * remember one by (DLV-9, PX-17).
 */
export function readPoll(type: DiscoveryType, text: string): ReadPoll {
  if (text.length > MAX_POLL_BYTES) return refuse(413, 'POLL_TOO_LARGE', `a poll has at most ${MAX_POLL_BYTES} bytes`);
  const request = parseObject(text);
  if (!request) return refuse(400, 'MALFORMED_POLL', 'the body must be a DiscoveryRequest as one JSON object');
  const read = fieldsOf(type, request);
  if (typeof read === 'string') return refuse(400, 'MALFORMED_POLL', read);
  const node = readPolledNode(request['node']);
  return typeof node === 'string'
    ? refuse(400, 'MALFORMED_NODE', node)
    : { ok: true, poll: { type, node, nodeHash: hashOf(node), ...read } };
}

/** The request's fields beside the node, or a sentence that says which is wrong. */
function fieldsOf(type: DiscoveryType, request: JsonObject): Pick<Poll, 'versionInfo' | 'names'> | string {
  const versionInfo = request['version_info'] ?? request['versionInfo'] ?? '';
  const typeUrl = request['type_url'] ?? request['typeUrl'] ?? type.typeUrl;
  const names = request['resource_names'] ?? request['resourceNames'] ?? [];
  if (typeof versionInfo !== 'string') return 'version_info must be a text';
  if (typeUrl !== type.typeUrl) return `type_url must be ${type.typeUrl} on this path`;
  if (!Array.isArray(names) || !names.every(isName)) {
    return `resource_names must be a list of texts of at most ${MAX_NAME_CHARACTERS} characters`;
  }
  if (names.length > MAX_NAMES) return `resource_names has at most ${MAX_NAMES} entries`;
  return { versionInfo, names: [...new Set(names)].sort() };
}

/** The node as far as it can matter, or a sentence that says what is wrong with it. */
function readPolledNode(node: unknown): PolledNode | string {
  if (!isObject(node)) return 'every poll must carry a node: REST has no connection to remember it by';
  const { id, cluster = '', metadata, locality } = node;
  if (typeof id !== 'string' || id === '') return 'node.id must be a text that is not empty';
  if (typeof cluster !== 'string') return 'node.cluster must be a text';
  const read = { id, cluster, metadata: metadata ?? {}, locality: locality ?? {} };
  if (!isObject(read.metadata)) return 'node.metadata must be an object';
  if (!isObject(read.locality)) return 'node.locality must be an object';
  if (isDeeper(read, MAX_NODE_DEPTH)) return `node is nested deeper than ${MAX_NODE_DEPTH} levels`;
  if (JSON.stringify(read).length > MAX_NODE_CHARACTERS) {
    return `node has more than ${MAX_NODE_CHARACTERS} characters without its extensions`;
  }
  return { id, cluster, metadata: read.metadata, locality: read.locality };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller refuses it in a sentence
  }
}

/** Level by level and without recursion: the depth is the sender's choice. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return false;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_NAME_CHARACTERS;
}

function refuse(status: Refusal['status'], code: string, message: string): ReadPoll {
  return { ok: false, refusal: { status, code, message } };
}
