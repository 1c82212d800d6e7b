import type { PlainAnswer, PlainBody, PlainHandler } from '../../base/plain-http.ts';
import type { SentHandler } from './http-handler.ts';

/** A handler of plain values as a fetch-style one, for front doors that bring such requests anyway. */
export function fetchHandler(handler: PlainHandler): SentHandler {
  return async (request, sender) =>
    responseOf(
      await handler({
        ...(sender && { sender }),
        method: request.method,
        path: new URL(request.url).pathname,
        header: (name) => request.headers.get(name) ?? undefined,
        read: (maxBytes) => limitedBody(request, maxBytes),
      }),
    );
}

async function limitedBody(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(parts, bytes);
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}

function responseOf({ status, headers, body }: PlainAnswer): Response {
  const isEmpty = Array.isArray(body) && body.length === 0;
  return new Response(isEmpty ? null : streamOf(body), { status, headers: { ...headers } });
}

/** Response copies an array that it is given, and copies it again for whoever reads it; a stream it takes as it is. */
function streamOf(body: PlainBody): ReadableStream<Uint8Array> {
  const pieces = Symbol.asyncIterator in body ? body : body[Symbol.iterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
