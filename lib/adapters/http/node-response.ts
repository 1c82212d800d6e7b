import type { ServerResponse } from 'node:http';
import { drained } from './plain-exchange.ts';

/** Writes a fetch-style answer. A stream goes out piece by piece, as fast as the client takes it. */
export async function writeResponse(
  response: ServerResponse,
  answer: Response,
  method: string | undefined,
): Promise<void> {
  response.writeHead(answer.status, [...answer.headers].flat());
  if (answer.body === null || method === 'HEAD') {
    await answer.body?.cancel();
    response.end();
    return;
  }
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  // What waits for something to tell, a watch, has begun: the client must not take it for no answer at all.
  const waiting = setImmediate(() => response.flushHeaders());
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!response.write(value)) await drained(response);
      if (response.destroyed) break;
    }
    response.end();
  } finally {
    clearImmediate(waiting);
    await reader.cancel();
  }
}
