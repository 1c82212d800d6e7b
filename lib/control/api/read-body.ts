/** The largest body that the front door of the cloud takes (STO-8). */
export const DEFAULT_BODY_LIMIT_BYTES = 6 * 1024 * 1024;

/** The largest file that is applied from the inbox, and by a local service, which has no front door to keep to (STO-8). */
export const FILE_LIMIT_BYTES = 50 * 1024 * 1024;

export type ReadBody =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 413; readonly code: string; readonly message: string };

/** The body of a request as text; it is read no further than the limit allows. */
export async function readBody(request: Request, limitBytes: number): Promise<ReadBody> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    const excess = await readChunks(request, limitBytes, (chunk) => (text += decoder.decode(chunk, { stream: true })));
    return excess ?? { ok: true, text: text + decoder.decode() };
  } catch (error) {
    // The decoder refuses bytes that are no UTF-8; anything else is a connection that broke, which nobody waits for.
    if (error instanceof TypeError)
      return { ok: false, status: 400, code: 'NOT_UTF8', message: 'the body is not UTF-8' };
    throw error;
  }
}

type Unread = Extract<ReadBody, { readonly ok: false }>;

/** The same for a body that is no text. */
export async function readBytes(
  request: Request,
  limitBytes: number,
): Promise<{ readonly ok: true; readonly bytes: Uint8Array } | Unread> {
  const chunks: Uint8Array[] = [];
  const excess = await readChunks(request, limitBytes, (chunk) => chunks.push(chunk));
  return excess ?? { ok: true, bytes: joined(chunks) };
}

/** Gives each piece of a body to whoever takes it; answers why not where the body is too large. */
async function readChunks(
  request: Request,
  limitBytes: number,
  take: (chunk: Uint8Array) => unknown,
): Promise<Unread | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return tooLarge(limitBytes);
  if (request.body === null) return undefined;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    bytes += value.byteLength;
    if (bytes > limitBytes) {
      await reader.cancel();
      return tooLarge(limitBytes);
    }
    take(value);
  }
}

/** Chunks one behind the other. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function tooLarge(limitBytes: number): Unread {
  const excess = `the body is larger than the ${inMegabytes(limitBytes)} of one request`;
  // Where a whole file fits into a request, the inbox takes no more.
  const remedy =
    limitBytes < FILE_LIMIT_BYTES
      ? 'upload it as a file to inbox/ of the config bucket instead, where up to ' +
        `${inMegabytes(FILE_LIMIT_BYTES)} are applied in the same way, as one revision`
      : 'split it into several';
  return { ok: false, status: 413, code: 'BODY_TOO_LARGE', message: `${excess}; ${remedy}` };
}

const inMegabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MB`;
