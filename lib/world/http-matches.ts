import type { HttpMatch, NamedMatch, StringMatch } from '../model/http-rule.ts';
import type { HttpMatchRequest, StringMatch as StringMatchSpec } from '../resources/virtual-service-spec.ts';

/** One `match` of a VirtualService's HTTP route, with full names. */
export function readHttpMatch(match: HttpMatchRequest): HttpMatch {
  return {
    name: match.name ?? '',
    statPrefix: match.statPrefix ?? '',
    uri: match.uri && readStringMatch(match.uri),
    ignoresUriCase: match.ignoreUriCase ?? false,
    scheme: match.scheme && readValueMatch(match.scheme),
    method: match.method && readValueMatch(match.method),
    authority: match.authority && readValueMatch(match.authority),
    headers: readNamedMatches(match.headers),
    withoutHeaders: readNamedMatches(match.withoutHeaders),
    queryParams: readNamedMatches(match.queryParams),
    port: match.port ?? 0,
    sourceLabels: match.sourceLabels ?? {},
    sourceNamespace: match.sourceNamespace ?? '',
    gateways: match.gateways ?? [],
  };
}

/** A match with no member set asks only that the thing is there. */
export function readStringMatch({ exact, prefix, regex }: StringMatchSpec): StringMatch {
  if (exact !== undefined) return { type: 'exact', value: exact };
  if (prefix !== undefined) return { type: 'prefix', value: prefix };
  return regex === undefined ? { type: 'present' } : { type: 'regex', value: regex };
}

/** RT-8, RT-10: `*` alone is no regular expression; for headers and parameters it means "any value". */
function readValueMatch(written: StringMatchSpec): StringMatch {
  const match = readStringMatch(written);
  return match.type === 'regex' && match.value === '*' ? { type: 'present' } : match;
}

/** Sorted by name, so that the order of a map's keys is of no consequence. */
function readNamedMatches(matches: Readonly<Record<string, StringMatchSpec>> | undefined): readonly NamedMatch[] {
  return Object.entries(matches ?? {})
    .map(([name, match]) => ({ name, match: readValueMatch(match) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
