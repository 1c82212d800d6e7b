import type { IncomingMessage, ServerResponse } from 'node:http';

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

/**
 * The body as a stream that breaks off behind the limit, for clients that do not say how long it is. What nobody wants to read of it is
 * read and thrown away: a client hears the answer only when it has sent all, and its connection is then free for the next request.
 */
function limited(message: IncomingMessage, { maxBodyBytes, onTooLarge }: RequestFrame): ReadableStream<Uint8Array> {
  let bytes = 0;
  let isWanted = true;
  const refuse = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    isWanted = false;
    onTooLarge();
    controller.error(new RangeError(`the body has more than ${maxBodyBytes} bytes`));
  };
  const take = (controller: ReadableStreamDefaultController<Uint8Array>, chunk: Buffer): void => {
    bytes += chunk.byteLength;
    if (isWanted && bytes > maxBodyBytes) refuse(controller);
    if (bytes > MAX_DISCARDED * maxBodyBytes) message.destroy();
    if (!isWanted) return;
    controller.enqueue(chunk);
    if ((controller.desiredSize ?? 0) <= 0) message.pause();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      message.on('data', (chunk: Buffer) => take(controller, chunk));
      message.once('end', () => isWanted && controller.close());
      message.once('error', (error) => isWanted && controller.error(error));
      message.pause();
    },
    pull: () => void message.resume(),
    cancel() {
      isWanted = false;
      message.resume();
    },
  });
}

/** A body that is this many times as long as it may be is not read to its end. */
const MAX_DISCARDED = 2;

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
