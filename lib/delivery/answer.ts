import type { PlainAnswer, PlainBody } from '../base/plain-http.ts';
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

/**
 * A DiscoveryResponse in Envoy's JSON; each body is a resource, or several separated by commas, as the pieces in which the store holds
 * it.
 */
export function answerSend(
  typeUrl: string,
  versionInfo: VersionInfo,
  bodies: readonly (readonly Uint8Array[])[],
): PlainAnswer {
  const head = `{"version_info":"${versionInfo}","type_url":"${typeUrl}","nonce":"${versionInfo}","resources":[`;
  const parts = bodies.flatMap((body, index) => (index === 0 ? body : [COMMA, ...body]));
  return snapshotAnswer([utf8.encode(head), ...parts, END]);
}

/** From here on a body goes out as it is read: more is more than should be held for each of many clients that ask at once. */
const MAX_HELD_BYTES = 1024 * 1024;

/**
 * An answer whose text is made piece by piece, of about so many bytes (DLV-4). A short one is made before anything is sent, so that a
 * failure can still be told; in a long one it cuts the connection, and the client keeps what it has.
 */
export async function answerPieces(
  pieces: AsyncGenerator<string | Uint8Array, void, undefined>,
  bytes: number,
): Promise<PlainAnswer> {
  if (bytes > MAX_HELD_BYTES) return snapshotAnswer(inChunks(pieces));
  const held: Uint8Array[] = [];
  for await (const piece of pieces) held.push(bytesOf(piece));
  return snapshotAnswer([joined(held)]);
}

function snapshotAnswer(body: PlainBody): PlainAnswer {
  const headers = { 'content-type': 'application/json', [MARKER_HEADER]: MARKER_VALUE };
  if (!isHeld(body)) return { status: 200, headers, body };
  const bytes = body.reduce((sum, part) => sum + part.byteLength, 0);
  return { status: 200, headers: { ...headers, 'content-length': String(bytes) }, body };
}

/** The same answer, which nobody between here and the proxy may keep: it has a secret in it. */
export const notToBeKept = (answer: PlainAnswer): PlainAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'cache-control': 'no-store' },
});

const isHeld = (body: PlainBody): body is readonly Uint8Array[] => Array.isArray(body);

/**
 * Nothing new: no body, and the client keeps what it has; the tag names that. A proxy may show a version that is not ours, of
 * another control plane or of none: one that cannot stand in a header is left out.
 */
export function answerUpToDate(tag: string | undefined): PlainAnswer {
  return { status: 304, headers: tag && ENTITY_TAG.test(tag) ? { etag: `"${tag}"` } : {}, body: [] };
}

/** RFC 9110, section 8.8.3, in ASCII; with a length that no front door minds. */
const ENTITY_TAG = /^[\x21\x23-\x7e]{1,256}$/;

/** An error in JSON with a status that is never 200. */
export function answerRefusal(refusal: Refusal | NotNow): PlainAnswer {
  const { status, code, message } = refusal;
  const later = 'retryAfterSeconds' in refusal ? { 'retry-after': String(refusal.retryAfterSeconds) } : {};
  const headers = { 'content-type': 'application/json', ...later };
  return { status, headers, body: [utf8.encode(JSON.stringify({ code, message }))] };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Many small pieces leave as one. */
async function* inChunks(
  pieces: AsyncGenerator<string | Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [some, bytes]: [Uint8Array[], number] = [[], 0];
  for await (const each of pieces) {
    const piece = bytesOf(each);
    some.push(piece);
    bytes += piece.byteLength;
    if (bytes < CHUNK_BYTES) continue;
    yield joined(some);
    [some, bytes] = [[], 0];
  }
  if (bytes > 0) yield joined(some);
}

const CHUNK_BYTES = 64 * 1024;
const utf8 = new TextEncoder();
const bytesOf = (piece: string | Uint8Array): Uint8Array => (typeof piece === 'string' ? utf8.encode(piece) : piece);
const COMMA = utf8.encode(',');
const END = utf8.encode(']}');
