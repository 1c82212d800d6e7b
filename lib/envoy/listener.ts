import type { FilterChainIr, ListenerIr, NetworkFilterIr } from '../ir/listener.ts';
import type { PollSetting } from '../ir/proxy-ir.ts';
import { unreachable } from '../base/unreachable.ts';
import { isUnixSocket, socketPath } from '../base/unix-socket.ts';
import { encodeAccess } from './access-rules.ts';
import { encodeTcpAuthorizer } from './authorizer.ts';
import { encodeDnsCache } from './dns-cache.ts';
import { encodeDownstreamTls } from './downstream-tls.ts';
import { optionalDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeHttpConnectionManager } from './http-connection-manager.ts';
import { encodeChainMatch } from './filter-chain-match.ts';
import { encodeListenerFilter } from './listener-filter.ts';
import { encodeMetadataExchange, encodeMongoProxy, encodeTcpProxy } from './tcp-proxy.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutDefaults } from './without-defaults.ts';

/** Connections taken per event of a socket; with more, one worker thread keeps what another could serve. */
const ACCEPTED_PER_EVENT = 1;

export function encodeListener(listener: ListenerIr, ir: PollSetting): ProtoJson {
  const [main, ...further] = listener.addresses.map((address) => socketAddress(address, listener.port));
  const members = withoutDefaults({
    name: listener.name,
    address: main,
    additionalAddresses: further.map((address) => ({ address })),
    filterChains: listener.chains.map((chain) => encodeFilterChain(chain, ir)),
    defaultFilterChain: listener.defaultChain && encodeFilterChain(listener.defaultChain, ir),
    listenerFilters: listener.inspectors.map(encodeListenerFilter),
    listenerFiltersTimeout: optionalDuration(listener.inspectionTimeout),
    continueOnListenerFiltersTimeout: listener.continuesUninspected,
    transparent: listener.isTransparent,
    useOriginalDst: listener.usesOriginalDestination,
    trafficDirection: listener.direction === 'inbound' ? 'INBOUND' : 'OUTBOUND',
    connectionBalanceConfig: listener.balancesWorkers ? { exactBalance: {} } : undefined,
    maxConnectionsToAcceptPerSocketEvent: listener.bindsPort ? ACCEPTED_PER_EVENT : undefined,
  });
  return {
    ...members,
    ...(listener.bindsPort ? {} : { bindToPort: false }),
    ...(listener.bufferLimit !== undefined && { perConnectionBufferLimitBytes: listener.bufferLimit }),
  };
}

function encodeFilterChain(chain: FilterChainIr, ir: PollSetting): ProtoJson {
  return withoutDefaults({
    name: chain.name,
    metadata:
      chain.source !== '' && chain.tellsSource ? { filterMetadata: { istio: { config: chain.source } } } : undefined,
    filterChainMatch: encodeChainMatch(chain.match),
    filters: chain.filters.map((filter) => encodeNetworkFilter(filter, ir)),
    transportSocket: chain.tls && encodeDownstreamTls(chain.tls, ir),
    transportSocketConnectTimeout: optionalDuration(chain.handshakeTimeout),
  });
}

/** One filter of a chain. */
export function encodeNetworkFilter(filter: NetworkFilterIr, ir: PollSetting): ProtoJson {
  switch (filter.type) {
    case 'tcp-proxy':
      return encodeTcpProxy(filter);
    case 'mongo-proxy':
      return encodeMongoProxy(filter.statPrefix);
    case 'sni-dynamic-forward-proxy':
      return typedExtension(
        'envoy.filters.network.sni_dynamic_forward_proxy',
        'envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig',
        { dnsCacheConfig: encodeDnsCache(filter.cache), portValue: filter.port },
      );
    case 'offered-protocols':
      return encodeOfferedProtocols(filter.protocols);
    case 'metadata-exchange':
      return encodeMetadataExchange();
    case 'access':
      return typedExtension('envoy.filters.network.rbac', 'envoy.extensions.filters.network.rbac.v3.RBAC', {
        statPrefix: 'tcp.', // AZ-33
        ...encodeAccess(filter),
      });
    case 'authorizer':
      return typedExtension(
        'envoy.filters.network.ext_authz',
        'envoy.extensions.filters.network.ext_authz.v3.ExtAuthz',
        encodeTcpAuthorizer(filter),
      );
    case 'http-connection-manager':
      return encodeHttpConnectionManager(filter, ir);
    default:
      return unreachable(filter);
  }
}

/** The name of a fact about a connection that a TCP proxy looks at; its factory has the same name. */
const OFFERED_PROTOCOLS = 'envoy.network.application_protocols';

function encodeOfferedProtocols(protocols: readonly string[]): ProtoJson {
  const formatString = { textFormatSource: { inlineString: protocols.join(',') } };
  return typedExtension(
    'envoy.filters.network.set_filter_state',
    'envoy.extensions.filters.network.set_filter_state.v3.Config',
    { onNewConnection: [{ objectKey: OFFERED_PROTOCOLS, formatString }] },
  );
}

function socketAddress(address: string, portValue: number): ProtoJson {
  return isUnixSocket(address) ? { pipe: { path: socketPath(address) } } : { socketAddress: { address, portValue } };
}
