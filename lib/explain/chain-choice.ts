import { parseIpAddress, type IpRange } from '../base/ip-address.ts';
import type { FilterChainIr, ListenerIr } from '../ir/listener.ts';

/** What is known of a connection when its filter chain is chosen. */
export interface Connection {
  /** `undefined` for an address that nothing names. */
  readonly address: string | undefined;
  readonly port: number;
  readonly isTls: boolean;
  readonly serverName: string;
}

type Chains = readonly FilterChainIr[];

/**
 * The filter chain that Envoy takes: criterion by criterion those chains go on that name the connection best, and nothing that was
 * dropped on the way comes back. Source: Envoy's API reference, "FilterChainMatch".
 */
export function chooseChain(listener: ListenerIr, connection: Connection): FilterChainIr | undefined {
  const sees = (type: string): boolean => listener.inspectors.some((inspector) => inspector.type === type);
  const protocols = !connection.isTls && sees('http-inspector') ? ['http/1.1'] : [];
  let chains: Chains = listener.chains;
  chains = best(chains, ({ match }) => named(match.destinationPort !== 0, match.destinationPort === connection.port));
  chains = best(chains, ({ match }) => rangeRank(match.destinationRanges, connection.address));
  chains = best(chains, ({ match }) => serverNameRank(match.serverNames, connection));
  const transport = connection.isTls && sees('tls-inspector') ? 'tls' : 'raw_buffer';
  chains = best(chains, ({ match }) => named(match.transport !== '', match.transport === transport));
  chains = best(chains, ({ match: { applicationProtocols: asked } }) =>
    named(
      asked.length > 0,
      asked.some((protocol) => protocols.includes(protocol)),
    ),
  );
  return chains[0] ?? listener.defaultChain;
}

/** Those of the highest rank; a chain of rank -1 does not match. */
function best(chains: Chains, rankOf: (chain: FilterChainIr) => number): Chains {
  const ranks = chains.map(rankOf);
  const highest = Math.max(...ranks);
  return highest < 0 ? [] : chains.filter((_chain, index) => ranks[index] === highest);
}

const named = (isAsked: boolean, holds: boolean): number => (isAsked ? (holds ? 1 : -1) : 0);

function rangeRank(ranges: readonly IpRange[], address: string | undefined): number {
  if (ranges.length === 0) return 0;
  const matching = ranges.filter((range) => address !== undefined && contains(range, address));
  return matching.length === 0 ? -1 : 1 + Math.max(...matching.map(({ bits }) => bits));
}

function contains({ address, bits }: IpRange, other: string): boolean {
  const [inside, outside] = [parseIpAddress(other), parseIpAddress(address)];
  if (inside === undefined || outside === undefined || inside.length !== outside.length) return false;
  const binary = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return binary(inside).slice(0, bits) === binary(outside).slice(0, bits);
}

function serverNameRank(names: readonly string[], { isTls, serverName }: Connection): number {
  if (names.length === 0) return 0;
  const matching = names.filter(
    (name) => isTls && (name === serverName || (name.startsWith('*') && serverName.endsWith(name.slice(1)))),
  );
  const rank = (name: string): number => (name.startsWith('*') ? 0 : 1000) + name.length;
  return matching.length === 0 ? -1 : Math.max(...matching.map(rank));
}
