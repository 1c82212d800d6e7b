/** The largest body that the front door of the cloud takes (STO-8). */
export const DEFAULT_BODY_LIMIT_BYTES = 6 * 1024 * 1024;

/** The largest file that is applied from the inbox, and by a local service, which has no front door to keep to (STO-8). */
export const FILE_LIMIT_BYTES = 50 * 1024 * 1024;

export type ReadBody =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 413; readonly code: string; readonly message: string };

/** The body of a request as text; it is read no further than the limit allows. */
export async function readBody(request: Request, limitBytes: number): Promise<ReadBody> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return tooLarge(limitBytes);
  if (request.body === null) return { ok: true, text: '' };
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { ok: true, text: text + decoder.decode() };
      bytes += value.byteLength;
      if (bytes > limitBytes) {
        await reader.cancel();
        return tooLarge(limitBytes);
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // The decoder refuses bytes that are no UTF-8; anything else is a connection that broke, which nobody waits for.
    if (error instanceof TypeError)
      return { ok: false, status: 400, code: 'NOT_UTF8', message: 'the body is not UTF-8' };
    throw error;
  }
}

function tooLarge(limitBytes: number): ReadBody {
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
