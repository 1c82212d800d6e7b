import { type ContentHash, hashOf } from '../base/hashing.ts';
import { type DiscoveryType, discoveryTypeOfUrl, discoveryTypes } from './discovery-types.ts';
import { fieldOf, isName, isObject, type JsonObject, namesIn, parseObject, rejectionIn } from './poll-fields.ts';
import { type PolledNode, readPolledNode } from './polled-node.ts';
import type { Refusal } from './read-poll.ts';
import { type Subscriptions, subscriptionsOf } from './subscriptions.ts';

/** The largest body of a delta poll: a client may list the version of everything that it has, some 130 bytes for each. */
export const MAX_DELTA_BYTES = 4 * 1024 * 1024;
/** Names that one request may subscribe, unsubscribe, or list versions of; of each as many. */
const MAX_DELTA_NAMES = 20_000;
const MAX_VERSION_CHARACTERS = 200;

/** One read delta request for one type: what a client wants, and how it says what it has. */
export interface DeltaRequest {
  readonly type: DiscoveryType;
  readonly subscriptions: Subscriptions;
  /** Name -> version of everything that the client has; empty when it does not say so or has nothing. */
  readonly versions: ReadonlyMap<string, string>;
  /** Of an answer whose state the client has; empty on its first poll. With `rejection` that of an answer it did not take. */
  readonly nonce: string;
  /** Why the client did not take that answer (PX-15). */
  readonly rejection: string | undefined;
}

/** What arrives at `POST /v3/delta:<type>`, with one request, or at `POST /v3/delta`, with one for each of many types. */
export interface DeltaPoll {
  readonly node: PolledNode;
  /** Equal for equal nodes, whatever the order of their keys. */
  readonly nodeHash: ContentHash;
  /** In the order in which changes are safe to apply. */
  readonly requests: readonly DeltaRequest[];
}

export type ReadDeltaPoll =
  { readonly ok: true; readonly poll: DeltaPoll } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads a DeltaDiscoveryRequest, or with no type an object of a node and a list of them. As with other polls nothing in it is
 * trusted (DLV-7), and the node may not be missing (DLV-9).
 */
export function readDeltaPoll(type: DiscoveryType | undefined, text: string): ReadDeltaPoll {
  const body = parseObject(text);
  if (!body) return refuse('MALFORMED_POLL', 'the body must be one JSON object');
  const requests = type ? readRequest(body, type) : readRequests(body);
  if (typeof requests === 'string') return refuse('MALFORMED_POLL', requests);
  const node = readPolledNode(body['node']);
  if (typeof node === 'string') return refuse('MALFORMED_NODE', node);
  return { ok: true, poll: { node, nodeHash: hashOf(node), requests: [requests].flat() } };
}

/** The requests of all types in the order of application, or a sentence that says what is wrong. */
function readRequests(body: JsonObject): readonly DeltaRequest[] | string {
  const list = body['requests'];
  if (!Array.isArray(list) || list.length === 0)
    return 'requests must be a list of DeltaDiscoveryRequests, at least one';
  if (list.length > discoveryTypes.length)
    return `requests has at most one entry for each of ${discoveryTypes.length} types`;
  const requests: DeltaRequest[] = [];
  for (const item of list as readonly unknown[]) {
    const read = isObject(item) ? readTyped(item) : 'every entry of requests must be an object';
    if (typeof read === 'string') return read;
    if (requests.some(({ type }) => type === read.type)) return `requests has ${read.type.typeUrl} twice`;
    requests.push(read);
  }
  return requests.sort((a, b) => discoveryTypes.indexOf(a.type) - discoveryTypes.indexOf(b.type));
}

function readTyped(request: JsonObject): DeltaRequest | string {
  const typeUrl = fieldOf(request, 'type_url');
  const type = typeof typeUrl === 'string' ? discoveryTypeOfUrl(typeUrl) : undefined;
  const known = discoveryTypes.map((one) => one.typeUrl).join(', ');
  return type ? readRequest(request, type) : `type_url of every request must be one of ${known}`;
}

function readRequest(request: JsonObject, type: DiscoveryType): DeltaRequest | string {
  const typeUrl = fieldOf(request, 'type_url') ?? type.typeUrl;
  if (typeUrl !== type.typeUrl) return `type_url must be ${type.typeUrl} on this path`;
  const subscribed = namesIn(request, 'resource_names_subscribe', MAX_DELTA_NAMES);
  if (typeof subscribed === 'string') return subscribed;
  const unsubscribed = namesIn(request, 'resource_names_unsubscribe', MAX_DELTA_NAMES);
  if (typeof unsubscribed === 'string') return unsubscribed;
  const versions = versionsIn(request);
  if (typeof versions === 'string') return versions;
  const nonce = fieldOf(request, 'response_nonce') ?? '';
  if (!isVersion(nonce)) return `response_nonce must be a text of at most ${MAX_VERSION_CHARACTERS} characters`;
  const rejection = rejectionIn(request);
  if (rejection === false) return 'error_detail must be an object whose message is a text';
  return { type, subscriptions: subscriptionsOf(type, subscribed, unsubscribed), versions, nonce, rejection };
}

function versionsIn(request: JsonObject): ReadonlyMap<string, string> | string {
  const versions = fieldOf(request, 'initial_resource_versions') ?? {};
  if (!isObject(versions)) return 'initial_resource_versions must be an object';
  const entries = Object.entries(versions);
  if (entries.length > MAX_DELTA_NAMES) return `initial_resource_versions has at most ${MAX_DELTA_NAMES} entries`;
  if (!entries.every((entry): entry is [string, string] => isName(entry[0]) && isVersion(entry[1]))) {
    return `initial_resource_versions must map names to texts of at most ${MAX_VERSION_CHARACTERS} characters`;
  }
  return new Map(entries);
}

function isVersion(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_VERSION_CHARACTERS;
}

function refuse(code: string, message: string): ReadDeltaPoll {
  return { ok: false, refusal: { status: 400, code, message } };
}
