import type { VersionInfo } from '../snapshot/version-info.ts';
import type { Refusal } from './read-poll.ts';

/**
 * Marks an answer that carries a snapshot. Every bootstrap turns a 200 without it into a 502, because to Envoy any JSON object
 * without resources means "delete all" (DLV-10). It is set here and nowhere else.
 */
export const MARKER_HEADER = 'x-pilotless';
export const MARKER_VALUE = '1';

/** A refusal that asks the proxy to come again: it keeps what it has and polls after its usual delay. */
export interface NotNow {
  readonly status: 429 | 503;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds: number;
}

/** A DiscoveryResponse in Envoy's JSON; each body is a resource, or several separated by commas, as the store holds them. */
export function answerSend(
  typeUrl: string,
  versionInfo: VersionInfo,
  bodies: readonly (string | Uint8Array)[],
): Response {
  const head = `{"version_info":"${versionInfo}","type_url":"${typeUrl}","nonce":"${versionInfo}","resources":[`;
  const body = joined(head, bodies);
  return new Response(body, {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.byteLength),
      [MARKER_HEADER]: MARKER_VALUE,
    },
  });
}

/** Nothing new: no body, and Envoy keeps what it has and its version. */
export function answerUpToDate(versionInfo: VersionInfo): Response {
  return new Response(null, { status: 304, headers: { etag: `"${versionInfo}"` } });
}

/** An error in JSON with a status that is never 200. */
export function answerRefusal(refusal: Refusal | NotNow): Response {
  const { status, code, message } = refusal;
  const headers = new Headers({ 'content-type': 'application/json' });
  if ('retryAfterSeconds' in refusal) headers.set('retry-after', String(refusal.retryAfterSeconds));
  return new Response(JSON.stringify({ code, message }), { status, headers });
}

function joined(head: string, bodies: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [utf8.encode(head)];
  bodies.forEach((body, index) => {
    if (index > 0) pieces.push(COMMA);
    pieces.push(typeof body === 'string' ? utf8.encode(body) : body);
  });
  pieces.push(END);
  const all = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const utf8 = new TextEncoder();
const COMMA = utf8.encode(',');
const END = utf8.encode(']}');
