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
): Response {
  const head = `{"version_info":"${versionInfo}","type_url":"${typeUrl}","nonce":"${versionInfo}","resources":[`;
  return snapshotAnswer(withCommas(head, bodies));
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
): Promise<Response> {
  if (bytes > MAX_HELD_BYTES) return snapshotAnswer(streamOf(pieces));
  const held: Uint8Array[] = [];
  for await (const piece of pieces) held.push(bytesOf(piece));
  return snapshotAnswer(joined(held));
}

function snapshotAnswer(body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>): Response {
  const headers = new Headers({ 'content-type': 'application/json', [MARKER_HEADER]: MARKER_VALUE });
  if (body instanceof Uint8Array) headers.set('content-length', String(body.byteLength));
  return new Response(body instanceof Uint8Array ? uncopied(body) : body, { status: 200, headers });
}

/** Response copies an array that it is given, and copies it again for whoever reads it; a stream it takes as it is. */
function uncopied(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/**
 * Nothing new: no body, and the client keeps what it has; the tag names that. A proxy may show a version that is not ours, of
 * another control plane or of none: one that cannot stand in a header is left out.
 */
export function answerUpToDate(tag: string | undefined): Response {
  return new Response(null, { status: 304, headers: tag && ENTITY_TAG.test(tag) ? { etag: `"${tag}"` } : {} });
}

/** RFC 9110, section 8.8.3, in ASCII; with a length that no front door minds. */
const ENTITY_TAG = /^[\x21\x23-\x7e]{1,256}$/;

/** An error in JSON with a status that is never 200. */
export function answerRefusal(refusal: Refusal | NotNow): Response {
  const { status, code, message } = refusal;
  const headers = new Headers({ 'content-type': 'application/json' });
  if ('retryAfterSeconds' in refusal) headers.set('retry-after', String(refusal.retryAfterSeconds));
  return new Response(JSON.stringify({ code, message }), { status, headers });
}

function withCommas(head: string, bodies: readonly (readonly Uint8Array[])[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [utf8.encode(head)];
  bodies.forEach((body, index) => {
    if (index > 0) pieces.push(COMMA);
    pieces.push(...body);
  });
  return joined([...pieces, END]);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** As fast as the client takes it; many small pieces leave as one. */
function streamOf(pieces: AsyncGenerator<string | Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const some: Uint8Array[] = [];
      let bytes = 0;
      while (bytes < CHUNK_BYTES) {
        const { done, value } = await pieces.next();
        if (done === true) {
          if (bytes > 0) controller.enqueue(joined(some));
          return controller.close();
        }
        const piece = bytesOf(value);
        some.push(piece);
        bytes += piece.byteLength;
      }
      controller.enqueue(joined(some));
    },
    async cancel() {
      await pieces.return();
    },
  });
}

const CHUNK_BYTES = 64 * 1024;
const utf8 = new TextEncoder();
const bytesOf = (piece: string | Uint8Array): Uint8Array => (typeof piece === 'string' ? utf8.encode(piece) : piece);
const COMMA = utf8.encode(',');
const END = utf8.encode(']}');
