import { parseIpAddress, type IpRange } from '../base/ip-address.ts';
import type { ChainMatchIr } from '../ir/listener.ts';
import { isHttp, type Protocol } from '../model/protocol.ts';

/** What arrives at an outbound listener: HTTP alone, opaque bytes alone, or both, told apart by looking. */
export type Carries = 'http' | 'tcp' | 'auto';

export function carriesOf(protocol: Protocol): Carries {
  if (isHttp(protocol)) return 'http';
  return protocol === 'auto' ? 'auto' : 'tcp';
}

/**
 * `share`: what is there serves the newcomer too; `merge`: its chains are added; `sniff`: they are added and the listener
 * tells HTTP from other bytes from then on.
 */
export type Meeting = 'share' | 'merge' | 'sniff';

/** LS-10: what happens when a service comes to a socket that older services use; first what is there, then the newcomer. */
const MEETINGS: Readonly<Record<Carries, Readonly<Record<Carries, Meeting>>>> = {
  http: { http: 'share', tcp: 'sniff', auto: 'sniff' },
  tcp: { http: 'sniff', tcp: 'merge', auto: 'sniff' },
  auto: { http: 'share', tcp: 'merge', auto: 'share' },
};

export const meeting = (present: Carries, incoming: Carries): Meeting => MEETINGS[present][incoming];

/** Protocols whose servers speak first: an inspector would wait for bytes that the client never sends (LS-10). */
const SERVER_SPEAKS_FIRST: ReadonlySet<Protocol | 'mixed'> = new Set<Protocol | 'mixed'>(['mongo', 'mysql']);

export function mayMix(present: Protocol | 'mixed', incoming: Protocol): boolean {
  return present === incoming || !(SERVER_SPEAKS_FIRST.has(present) || SERVER_SPEAKS_FIRST.has(incoming));
}

/**
 * LS-11, TR-12: the part of a match that is not taken yet, which is taken for its owner then, `undefined` when nothing is left;
 * and the owners of the rest. Envoy refuses a listener in which two chains match the same connections, be it by one name of many.
 */
export function takeFree<T>(
  match: ChainMatchIr,
  owner: T,
  taken: Map<string, T>,
): { readonly match: ChainMatchIr | undefined; readonly rivals: readonly T[] } {
  const { destinationPort, transport, applicationProtocols, serverNames, destinationRanges } = match;
  const keyOf = (name: string, range: IpRange | undefined): string =>
    JSON.stringify([destinationPort, transport, applicationProtocols, name, range && canonicalRange(range)]);
  const names = serverNames.length > 0 ? [...new Set(serverNames)] : [''];
  const ranges = destinationRanges.length > 0 ? uniqueRanges(destinationRanges) : [undefined];
  const rivals = names.flatMap((name) => ranges.flatMap((range) => ownerOf(taken, keyOf(name, range))));
  const freeRanges = ranges.filter((range) => names.some((name) => !taken.has(keyOf(name, range))));
  const freeNames = names.filter((name) => freeRanges.every((range) => !taken.has(keyOf(name, range))));
  if (freeNames.length === 0 || freeRanges.length === 0) return { match: undefined, rivals };
  for (const name of freeNames) for (const range of freeRanges) taken.set(keyOf(name, range), owner);
  const free = {
    serverNames: serverNames.length > 0 ? freeNames : [],
    destinationRanges: freeRanges.filter((range) => range !== undefined),
  };
  return { match: { ...match, ...free }, rivals };
}

function ownerOf<T>(taken: ReadonlyMap<string, T>, key: string): readonly T[] {
  const owner = taken.get(key);
  return owner === undefined ? [] : [owner];
}

const uniqueRanges = (ranges: readonly IpRange[]): readonly IpRange[] =>
  [...new Map(ranges.toReversed().map((range) => [canonicalRange(range), range])).values()].toReversed();

/** Two ways to write a range are one: bits beyond the prefix mean nothing. */
function canonicalRange({ address, bits }: IpRange): string {
  const bytes = parseIpAddress(address) ?? new Uint8Array();
  const masked = [...bytes].map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return `${masked.join('.')}/${bits}`;
}
