import type { FilterChainIr, NetworkFilterIr, TcpProxyIr } from '../ir/listener.ts';
import { outboundCluster } from '../ir/cluster-name.ts';
import { isTls } from '../model/protocol.ts';
import type { Service, ServicePort } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { ProxyView, ViewFacts } from '../view/proxy-view.ts';
import { dnsCacheOf, httpDnsCaches } from './dns-lookups.ts';
import { ANY_CONNECTION, HANDSHAKE_TIMEOUT, httpManager, PLAIN_CHAIN, PLAIN_HTTP, tcpTo } from './filter-chains.ts';
import { listenerName } from './listener-addresses.ts';
import type { Claim } from './outbound-entry.ts';
import { sharedRouteName, sniffedRouteName } from './route-name.ts';
import { statPrefix } from './stat-name.ts';

/**
 * TR-5, TR-6: opaque bytes go to the service itself. TLS is told apart by the server's name, but only where services
 * without an address of their own share the wildcard address.
 */
export function tcpChain({ facts, mesh }: ProxyView, { visible, port, socket }: Claim): FilterChainIr {
  const { service, policy } = visible;
  const cluster = outboundCluster(port.number, '', service.hostname);
  const prefix = statPrefix(cluster, mesh.outboundStatName, { service, port, subset: '', targetPort: 0 });
  const needsServerName = isTls(port.protocol) && socket.reach === 'wildcard';
  const proxy: TcpProxyIr = { ...tcpTo(cluster), statPrefix: prefix, idleTimeout: facts.idleTimeout };
  return {
    ...PLAIN_CHAIN,
    match: {
      ...ANY_CONNECTION,
      destinationRanges: socket.ranges,
      serverNames: needsServerName ? [service.hostname] : [],
    },
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    filters: [...lookupFilters(service, port, facts), ...protocolFilters(port, prefix), withPolicy(proxy, policy)],
  };
}

/** CL-2: a TLS client says the name that it wants, and is led to that. */
function lookupFilters(
  { resolution, hostname }: Service,
  { number, protocol }: ServicePort,
  facts: ViewFacts,
): NetworkFilterIr[] {
  if (resolution !== 'dynamic-dns' || !isTls(protocol)) return [];
  return [{ type: 'sni-dynamic-forward-proxy', cache: dnsCacheOf(hostname, facts), port: number }];
}

/** TR-11 */
function protocolFilters({ protocol }: ServicePort, prefix: string): readonly NetworkFilterIr[] {
  return protocol === 'mongo' ? [{ type: 'mongo-proxy', statPrefix: prefix }] : [];
}

/** TR-9 */
function withPolicy(proxy: TcpProxyIr, policy: TrafficPolicy | undefined): TcpProxyIr {
  const { pool, lb } = policy?.blocks ?? {};
  const algorithm = lb?.algorithm;
  return {
    ...proxy,
    idleTimeout: pool?.tcpIdleTimeout ?? proxy.idleTimeout,
    maxConnectionDuration: pool?.maxConnectionDuration,
    hashesSourceIp: algorithm !== undefined && 'key' in algorithm && algorithm.key?.on === 'source-ip',
  };
}

/** LS-9: HTTP goes by routes that are looked up under a name. */
export function httpChain(view: ProxyView, { visible, port, socket }: Claim): FilterChainIr {
  const { hostname } = visible.service;
  const manager = httpManager(view, {
    listenerClass: 'sidecar-outbound',
    statPrefix: `outbound_${listenerName(socket.addresses[0], port.number)}`,
    // An address of its own needs no routes of other services; where it is shared, so are the routes.
    routes: {
      by: 'name',
      name: socket.reach === 'own' ? sniffedRouteName(hostname, port.number) : sharedRouteName(port.number),
    },
    servesGrpcWeb: port.protocol === 'grpc-web',
    dnsCaches: httpDnsCaches(view, port.number),
  });
  return { ...PLAIN_CHAIN, handshakeTimeout: HANDSHAKE_TIMEOUT, filters: [manager] };
}

/** LS-8: the chain takes only what the HTTP inspector found to be HTTP in plain text. */
export const onlyPlainHttp = (chain: FilterChainIr): FilterChainIr => ({
  ...chain,
  match: { ...ANY_CONNECTION, transport: 'raw_buffer', applicationProtocols: PLAIN_HTTP },
});
