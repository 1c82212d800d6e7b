import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

export interface RequestFrame {
  readonly response: ServerResponse;
  readonly maxBodyBytes: number;
  /** Called when a body that did not say its length has passed the limit; whoever reads it gets an error then. */
  readonly onTooLarge: () => void;
}

/** The request as fetch-style handlers read it, or the answer to one that no handler may see. */
export function toRequest(message: IncomingMessage, frame: RequestFrame): Request | Response {
  const method = message.method ?? 'GET';
  if (Number(message.headers['content-length'] ?? 0) > frame.maxBodyBytes) return bodyTooLarge(frame.maxBodyBytes);
  try {
    const url = new URL(message.url ?? '/', 'http://localhost');
    const hasBody = method !== 'GET' && method !== 'HEAD';
    return new Request(url, {
      method,
      headers: headersOf(message),
      signal: goneSignal(frame.response),
      ...(hasBody ? { body: limited(message, frame), duplex: 'half' } : {}),
    });
  } catch {
    // A method that fetch does not know, or a target that is no path: nothing of ours answers it.
    return refused(400, { code: 'MALFORMED_REQUEST', message: 'the request line or a header cannot be understood' });
  }
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

/** The body as a stream that breaks off behind the limit, for clients that do not say how long it is. */
function limited(message: IncomingMessage, { maxBodyBytes, onTooLarge }: RequestFrame): ReadableStream<Uint8Array> {
  const body = Readable.toWeb(message) as ReadableStream<Uint8Array>;
  if (message.headers['content-length'] !== undefined) return body; // checked above, and Node reads no further
  let bytes = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= maxBodyBytes) return controller.enqueue(chunk);
      onTooLarge();
      controller.error(new RangeError(`the body has more than ${maxBodyBytes} bytes`));
    },
  });
  return body.pipeThrough(count);
}

/** Fires when the client has gone before it had its whole answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** The answer to a request with a larger body than may be sent. */
export function bodyTooLarge(maxBodyBytes: number): Response {
  return refused(413, { code: 'BODY_TOO_LARGE', message: `a request has at most ${maxBodyBytes} bytes` });
}

/** The connection is closed behind it: what else the client sends on it is not understood or not wanted. */
function refused(status: number, problem: { readonly code: string; readonly message: string }): Response {
  return Response.json(problem, { status, headers: { connection: 'close' } });
}
