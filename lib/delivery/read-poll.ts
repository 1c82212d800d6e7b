import { type ContentHash, hashOf } from '../base/hashing.ts';
import type { DiscoveryType } from './discovery-types.ts';
import { fieldOf, type JsonObject, namesIn, parseObject, rejectionIn } from './poll-fields.ts';
import { type PolledNode, readPolledNode } from './polled-node.ts';

/** The largest body of a poll: an Envoy that does not strip its extension list sends about 77 KB. */
export const MAX_POLL_BYTES = 1024 * 1024;
/** Envoy asks for one name at a time; other clients may ask for a few. */
const MAX_NAMES = 1_000;

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
  /** Why the proxy did not take what it was sent, if it says so (PX-15); Envoy's REST polls never do. */
  readonly rejection: string | undefined;
}

/** Why a request is not answered: a status, a stable word for scripts, and a sentence for people. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413;
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
function fieldsOf(
  type: DiscoveryType,
  request: JsonObject,
): Pick<Poll, 'versionInfo' | 'names' | 'rejection'> | string {
  const versionInfo = fieldOf(request, 'version_info') ?? '';
  const typeUrl = fieldOf(request, 'type_url') ?? type.typeUrl;
  const names = namesIn(request, 'resource_names', MAX_NAMES);
  if (typeof versionInfo !== 'string') return 'version_info must be a text';
  if (typeUrl !== type.typeUrl) return `type_url must be ${type.typeUrl} on this path`;
  if (typeof names === 'string') return names;
  const rejection = rejectionIn(request);
  if (rejection === false) return 'error_detail must be an object whose message is a text';
  return { versionInfo, names: [...new Set(names)].sort(), rejection };
}

function refuse(status: Refusal['status'], code: string, message: string): ReadPoll {
  return { ok: false, refusal: { status, code, message } };
}
