import { isSet, at, listAt, numberAt, textAt, type Json } from './json.ts';

/** A connection as a listener sees it after its listener filters ran. */
export interface Connection {
  readonly address: string;
  readonly port: number;
  readonly serverName: string;
  readonly applicationProtocol: string;
  readonly isTls: boolean;
  /** Without a TLS inspector every connection looks like plain bytes. */
  readonly inspectsTls: boolean;
}

export type ChainChoice =
  { readonly choice: 'none' } | { readonly choice: 'several' } | { readonly choice: 'one'; readonly chain: Json };

/**
 * The filter chain that Envoy picks: level by level the best matching value wins, and chains that do not name that level
 * stay only if none that do fits. Levels that a chain set does not use are passed over.
 * Source: Envoy's API reference, FilterChainMatch.
 */
export function chooseFilterChain(listener: Json, connection: Connection): ChainChoice {
  let chains = listAt(listener, 'filterChains');
  for (const level of LEVELS) chains = narrow(chains, level, connection);
  if (chains.length > 1) return { choice: 'several' };
  const chain = chains[0] ?? at(listener, 'defaultFilterChain');
  return chain === undefined ? { choice: 'none' } : { choice: 'one', chain };
}

interface Level {
  readonly field: string;
  /** How well a set value fits; 0 does not. */
  readonly fit: (value: Json, connection: Connection) => number;
}

const LEVELS: readonly Level[] = [
  { field: 'destinationPort', fit: (port, connection) => Number(port === connection.port) },
  { field: 'prefixRanges', fit: (ranges, connection) => longestPrefix(ranges, connection.address) },
  { field: 'serverNames', fit: (names, connection) => bestServerName(names, connection.serverName) },
  {
    field: 'transportProtocol',
    fit: (transport, { isTls, inspectsTls }) => Number(transport === (isTls && inspectsTls ? 'tls' : 'raw_buffer')),
  },
  {
    field: 'applicationProtocols',
    fit: (protocols, connection) =>
      Number(Array.isArray(protocols) && protocols.includes(connection.applicationProtocol)),
  },
];

function narrow(chains: readonly Json[], level: Level, connection: Connection): readonly Json[] {
  const valueOf = (chain: Json): Json | undefined => at(chain, 'filterChainMatch', level.field);
  if (!chains.some((chain) => isSet(valueOf(chain)))) return chains;
  const ranked = chains.map((chain) => {
    const value = valueOf(chain);
    return { chain, rank: value !== undefined && isSet(value) ? level.fit(value, connection) : 0 };
  });
  const best = Math.max(...ranked.map(({ rank }) => rank));
  if (best > 0) return ranked.filter(({ rank }) => rank === best).map(({ chain }) => chain);
  return chains.filter((chain) => !isSet(valueOf(chain)));
}

/** Length of the longest range that holds the address, plus one so that `/0` still counts. */
function longestPrefix(ranges: Json, address: string): number {
  const lengths = (Array.isArray(ranges) ? ranges : []).map((range: Json) => {
    const length = numberAt(range, 'prefixLen');
    const [base, asked] = [toBits(textAt(range, 'addressPrefix')), toBits(address)];
    const holds = base.length === asked.length && base.slice(0, length) === asked.slice(0, length);
    return holds ? length + 1 : 0;
  });
  return Math.max(0, ...lengths);
}

/** An IP address as a string of bits; IPv6 with its `::` filled in. */
function toBits(address: string): string {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((part) => bits(Number(part), 8))
      .join('');
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const [first, last] = [groups(head), tail === undefined ? [] : groups(tail)];
  const middle = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...middle, ...last].map((group) => bits(Number.parseInt(group, 16), 16)).join('');
}

const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

function bestServerName(names: Json, serverName: string): number {
  const fits = (Array.isArray(names) ? names : []).map((name: Json) => {
    if (typeof name !== 'string' || serverName === '') return 0;
    if (name === serverName) return Number.MAX_SAFE_INTEGER;
    return name.startsWith('*') && serverName.endsWith(name.slice(1)) ? name.length : 0;
  });
  return Math.max(0, ...fits);
}
