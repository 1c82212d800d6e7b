import type { HttpMatchRequest, StringMatch } from '../resources/virtual-service-spec.ts';

type Matches = readonly HttpMatchRequest[];
type Named = Readonly<Record<string, StringMatch>>;

/**
 * What both a delegating route and its delegate ask for (VS-9): every match of the delegate within every match of the root that
 * leaves room for it. `undefined` when one of the delegate's finds no room at all.
 */
export function mergeMatches(above: Matches, below: Matches): Matches | undefined {
  if (above.length === 0) return below;
  if (below.length === 0) return above;
  const merged = below.map((match) =>
    above.filter((outer) => leavesRoom(outer, match)).map((outer) => mergeMatch(outer, match)),
  );
  return merged.some((found) => found.length === 0) ? undefined : merged.flat();
}

/** VS-12: the delegate's member, or else the root's; of maps all keys, the delegate's value for those of both. */
function mergeMatch(above: HttpMatchRequest, below: HttpMatchRequest): HttpMatchRequest {
  const name = joinNames(above.name, below.name);
  const { ignoreUriCase: _ignoreUriCase, ...outer } = above; // both sides agree on it
  return {
    ...outer,
    ...withoutEmpty(below),
    ...(name !== '' && { name }),
    ...union('headers', above, below),
    ...union('withoutHeaders', above, below),
    ...union('queryParams', above, below),
    ...union('sourceLabels', above, below),
  };
}

/** VS-12, VS-13: `root-delegate` where both have a name. */
export function joinNames(above = '', below = ''): string {
  return above === '' || below === '' ? above + below : `${above}-${below}`;
}

/** What was written without saying anything leaves the word to the root. */
function withoutEmpty(match: HttpMatchRequest): HttpMatchRequest {
  const isEmpty = (value: unknown): boolean =>
    value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(match).filter(([, value]) => !isEmpty(value)));
}

type MapMember = 'headers' | 'withoutHeaders' | 'queryParams' | 'sourceLabels';

function union(member: MapMember, above: HttpMatchRequest, below: HttpMatchRequest): Partial<HttpMatchRequest> {
  const merged = { ...above[member], ...below[member] };
  return Object.keys(merged).length === 0 ? {} : { [member]: merged };
}

/** VS-10, VS-11: whether some request can satisfy both, as far as that is decided before any request is seen. */
function leavesRoom(above: HttpMatchRequest, below: HttpMatchRequest): boolean {
  const texts = ['uri', 'scheme', 'method', 'authority'] as const;
  const maps = ['headers', 'withoutHeaders', 'queryParams'] as const;
  return (
    texts.every((member) => leavesRoomInText(above[member], below[member])) &&
    maps.every((member) => leavesRoomInMap(above[member] ?? {}, below[member] ?? {})) &&
    (above.ignoreUriCase ?? false) === (below.ignoreUriCase ?? false) &&
    isUnsetOrSame(above.port ?? 0, below.port ?? 0) &&
    ((above.sourceNamespace ?? '') === '' || above.sourceNamespace === below.sourceNamespace) &&
    Object.entries(below.sourceLabels ?? {}).every(([key, value]) => (above.sourceLabels?.[key] ?? value) === value) &&
    leavesRoomForGateways(above.gateways ?? [], below.gateways ?? [])
  );
}

const isUnsetOrSame = (above: number, below: number): boolean => above === 0 || below === 0 || above === below;

const leavesRoomForGateways = (above: readonly string[], below: readonly string[]): boolean =>
  above.length === 0 || below.every((gateway) => above.includes(gateway));

const leavesRoomInMap = (above: Named, below: Named): boolean =>
  Object.entries(below).every(([key, match]) => leavesRoomInText(above[key], match));

/** A regular expression or a match on mere presence says too little about what it takes to be narrowed. */
function leavesRoomInText(above: StringMatch | undefined, below: StringMatch | undefined): boolean {
  if (above === undefined || below === undefined) return true;
  const { exact = '', prefix = '' } = above;
  if ((above.regex ?? '') !== '' || (below.regex ?? '') !== '') return false;
  if (exact !== '') return below.exact === exact;
  const inner = below.prefix ?? below.exact ?? '';
  return prefix !== '' && inner !== '' && inner.startsWith(prefix);
}
