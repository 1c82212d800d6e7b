import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlainAnswer, PlainHandler } from '../../base/plain-http.ts';

import { senderOf } from './sender-of.ts';

/** Requests below a path whose handler takes and gives plain values. */
export interface PlainRoute {
  /** `/v3/` */
  readonly prefix: string;
  readonly handler: PlainHandler;
}

/**
 * Whether a request is taken by the short way. It is for what nearly all are: a POST that says how long it is, no longer than may be, to
 * a path without anything else in its target, from a client that asks for no encoding.
 */
export function isPlain({ method, url, headers }: IncomingMessage, prefix: string, maxBodyBytes: number): boolean {
  const length = headers['content-length'];
  return (
    method === 'POST' &&
    length !== undefined &&
    Number(length) <= maxBodyBytes &&
    headers['accept-encoding'] === undefined &&
    url?.startsWith(prefix) === true &&
    !/[?#]/.test(url)
  );
}

/** Answers one such request. Rejects when its body breaks off. */
export async function answerPlain(
  { handler }: PlainRoute,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await handler({
    method: message.method ?? 'POST',
    path: message.url ?? '/',
    sender: senderOf(message),
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    read: (maxBytes) => bodyOf(message, maxBytes),
  });
  await writePlain(response, answer);
}

/** Nothing is read of a body that is too long: what nobody reads Node throws away, so that the connection is free again. */
function bodyOf(message: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(message.headers['content-length']) > maxBytes) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    message.once('error', reject);
  });
}

/** Parts that are there go out in one call and without being copied; pieces that are made, as fast as the client takes them. */
async function writePlain(response: ServerResponse, { status, headers, body }: PlainAnswer): Promise<void> {
  response.writeHead(status, headers);
  if (!(Symbol.asyncIterator in body)) {
    for (const part of body) response.write(part);
    response.end();
    return;
  }
  for await (const piece of body) {
    if (!response.write(piece)) await drained(response);
    if (response.destroyed) return;
  }
  response.end();
}

/** Resolves when the client took what was written, or has gone. */
export function drained(response: ServerResponse): Promise<void> {
  // Of a client that has gone already no event tells any more.
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
