const PREFIX = /^@request\.auth\.claims/i;

/**
 * The names that lead to a claim of the caller's token, for a header of a match that stands for one: `@request.auth.claims.a.b`, or
 * `@request.auth.claims[a][b]` for names with dots in them (CLAIM-1, CLAIM-5). Undefined for any other header; the prefix minds no case.
 */
export function claimPath(header: string): readonly string[] | undefined {
  if (!PREFIX.test(header)) return undefined;
  const rest = header.replace(PREFIX, '');
  if (rest.length > 1 && rest.startsWith('.')) return rest.slice(1).split('.');
  if (rest.length > 2 && rest.startsWith('[') && rest.endsWith(']')) return rest.slice(1, -1).split('][');
  return undefined;
}
