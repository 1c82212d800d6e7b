import { parseIpAddress } from '../base/ip-address.ts';
import type { AddressRange, ChainMatchIr } from '../ir/listener.ts';
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

/** LS-11: equal for two matches that hold for the same connections; Envoy refuses a listener that has both. */
export function matchKey(match: ChainMatchIr): string {
  const names = [...match.serverNames].sort();
  const ranges = match.destinationRanges.map(canonicalRange).sort();
  return JSON.stringify([match.destinationPort, match.transport, match.applicationProtocols, names, ranges]);
}

/** Two ways to write a range are one: bits beyond the prefix mean nothing. */
function canonicalRange({ address, bits }: AddressRange): string {
  const bytes = parseIpAddress(address) ?? new Uint8Array();
  const masked = [...bytes].map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return `${masked.join('.')}/${bits}`;
}
