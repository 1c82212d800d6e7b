import { unreachable } from '../../lib/base/unreachable.ts';
import type {
  ChainMatchIr,
  ConnectionTargetIr,
  FilterChainIr,
  ListenerIr,
  NetworkFilterIr,
} from '../../lib/ir/listener.ts';

/**
 * A listener in a few lines that a person can read: first its name, then each chain as `match → filters`, then the default
 * chain after `else`. What a match does not ask is left out; `*` asks nothing.
 */
export function sketch({ name, chains, defaultChain }: ListenerIr): readonly string[] {
  const last = defaultChain === undefined ? [] : [`else → ${filtersOf(defaultChain)}`];
  return [name, ...chains.map((chain) => `${matchOf(chain.match)} → ${filtersOf(chain)}`), ...last];
}

export const sketches = (listeners: readonly ListenerIr[]): readonly (readonly string[])[] => listeners.map(sketch);

function matchOf({
  destinationPort,
  destinationRanges,
  serverNames,
  transport,
  applicationProtocols,
}: ChainMatchIr): string {
  const parts = [
    destinationPort === 0 ? '' : `:${destinationPort}`,
    destinationRanges.map(({ address, bits }) => `${address}/${bits}`).join(','),
    serverNames.map((name) => `sni=${name}`).join(','),
    transport,
    applicationProtocols.join(','),
  ];
  return parts.filter((part) => part !== '').join(' ') || '*';
}

const filtersOf = ({ filters, tls }: FilterChainIr): string =>
  [...(tls === undefined ? [] : ['tls']), ...filters.map(filterOf)].join(' + ');

function filterOf(filter: NetworkFilterIr): string {
  switch (filter.type) {
    case 'tcp-proxy':
      return `tcp ${targetOf(filter.target)}`;
    case 'http-connection-manager':
      return filter.routes.by === 'name' ? `http ${filter.routes.name}` : `http inline ${filter.routes.value.name}`;
    case 'sni-dynamic-forward-proxy':
      return `${filter.type} ${filter.cache.name}`;
    case 'offered-protocols':
      return `as ${filter.protocols.join()}`;
    case 'mongo-proxy':
    case 'metadata-exchange':
    case 'access':
    case 'authorizer':
      return filter.type;
    default:
      return unreachable(filter);
  }
}

const targetOf = (target: ConnectionTargetIr): string =>
  target.type === 'cluster'
    ? target.cluster
    : target.clusters.map(({ cluster, weight }) => `${weight} ${cluster}`).join(', ');
