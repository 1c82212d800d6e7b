/** An answer in JSON; indented, because people read it with curl. */
export function jsonResponse(status: number, value: unknown): Response {
  return new Response(`${JSON.stringify(value, null, 2)}\n`, {
    status,
    headers: { 'content-type': 'application/json' },
  });
}
