/** An error under `/v1`: a stable word for scripts, a sentence for people, and what else belongs to it. */
export function problem(
  status: number,
  { code, message, ...more }: { readonly code: string; readonly message: string; readonly [member: string]: unknown },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ code, message, ...more }, { status, headers });
}

/** The store was there, but other writers were faster every time. */
export const tooManyWriters = (): Response =>
  problem(
    503,
    { code: 'CONTENDED', message: 'too many writers at once; nothing was stored, try again' },
    { 'Retry-After': '1' },
  );
