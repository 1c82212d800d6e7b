import type { ConnectionTargetIr, TcpProxyIr } from '../ir/listener.ts';
import { optionalDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { structExtension, typedExtension } from './typed-extension.ts';
import { withoutDefaults } from './without-defaults.ts';

/** Carries the bytes of a connection to a cluster, whatever they are. */
export function encodeTcpProxy(proxy: TcpProxyIr): ProtoJson {
  return typedExtension(
    'envoy.filters.network.tcp_proxy',
    'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
    withoutDefaults({
      statPrefix: proxy.statPrefix,
      ...encodeTarget(proxy.target),
      idleTimeout: optionalDuration(proxy.idleTimeout),
      maxDownstreamConnectionDuration: optionalDuration(proxy.maxConnectionDuration),
      hashPolicy: proxy.hashesSourceIp ? [{ sourceIp: {} }] : [],
      tunnelingConfig:
        proxy.tunnel && withoutDefaults({ hostname: proxy.tunnel.target, usePost: proxy.tunnel.usesPost }),
    }),
  );
}

const encodeTarget = (target: ConnectionTargetIr): ProtoJson =>
  target.type === 'cluster'
    ? { cluster: target.cluster }
    : { weightedClusters: { clusters: target.clusters.map(({ cluster, weight }) => ({ name: cluster, weight })) } };

/** Counts MongoDB operations as they pass; the bytes go on to the next filter unchanged. */
export function encodeMongoProxy(statPrefix: string): ProtoJson {
  return typedExtension(
    'envoy.filters.network.mongo_proxy',
    'envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy',
    { statPrefix },
  );
}

/** Istio's exchange of workload metadata at the start of a connection; only in Istio's build of Envoy. */
export function encodeMetadataExchange(): ProtoJson {
  return structExtension('istio.metadata_exchange', 'envoy.tcp.metadataexchange.config.MetadataExchange', {
    enable_discovery: true,
    protocol: 'istio-peer-exchange',
  });
}
