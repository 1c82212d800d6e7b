import type { CircuitLimits, ClusterIr, ClusterMetadata, KeepaliveIr, LocalityUse } from '../ir/cluster.ts';
import type { PollSetting } from '../ir/proxy-ir.ts';
import { encodeDiscovery } from './cluster-discovery.ts';
import { encodeHostChoice } from './cluster-host-choice.ts';
import { encodeDuration, optionalDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeOutlierDetection } from './outlier-detection.ts';
import { encodeUpstreamHttp } from './upstream-http.ts';
import { encodeTransport } from './upstream-transport.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

/** A Cluster. */
export function encodeCluster(cluster: ClusterIr, ir: PollSetting): ProtoJson {
  const { limits, outlier, http, keepalive } = cluster;
  return {
    name: cluster.name,
    ...encodeDiscovery(cluster, ir.refresh),
    ...encodeHostChoice(cluster.choice),
    ...encodeTransport(cluster.transport, ir),
    ...withoutDefaults({
      altStatName: cluster.statName,
      connectTimeout: optionalDuration(cluster.connectTimeout),
      circuitBreakers: limits && { thresholds: [encodeLimits(limits)] },
      outlierDetection: outlier && encodeOutlierDetection(outlier),
      typedExtensionProtocolOptions: http && encodeUpstreamHttp(http),
      upstreamConnectionOptions: keepalive && { tcpKeepalive: encodeKeepalive(keepalive) },
      commonLbConfig: encodeCommonLb(cluster),
      upstreamBindConfig: encodeSources(cluster.sourceAddresses),
      metadata: encodeMetadata(cluster.metadata),
      filters: cluster.exchangesPeerMetadata ? [METADATA_EXCHANGE] : [],
    }),
  };
}

function encodeLimits({ connections, pendingRequests, requests, retries, retryBudget }: CircuitLimits): ProtoJson {
  return withoutAbsent({
    maxConnections: connections,
    maxPendingRequests: pendingRequests,
    maxRequests: requests,
    maxRetries: retries,
    retryBudget:
      retryBudget &&
      withoutAbsent({
        budgetPercent: withoutDefaults({ value: retryBudget.percent }),
        budgetInterval: retryBudget.interval && encodeDuration(retryBudget.interval),
        minRetryConcurrency: retryBudget.minimumConcurrency,
      }),
  });
}

/** Envoy counts the two times in whole seconds. */
function encodeKeepalive({ probes, time, interval }: KeepaliveIr): ProtoJson {
  return withoutAbsent({
    keepaliveProbes: probes,
    keepaliveTime: time === undefined ? undefined : Math.trunc(time / 1000),
    keepaliveInterval: interval === undefined ? undefined : Math.trunc(interval / 1000),
  });
}

function encodeCommonLb({ panicThreshold, localities, keepsDrainingHosts }: ClusterIr): ProtoJson | undefined {
  const commonLb = withoutAbsent({
    healthyPanicThreshold: panicThreshold === undefined ? undefined : withoutDefaults({ value: panicThreshold }),
    ...encodeLocalities(localities),
    overrideHostStatus: keepsDrainingHosts ? { statuses: ['HEALTHY', 'DRAINING', 'UNKNOWN', 'DEGRADED'] } : undefined,
  });
  return Object.keys(commonLb).length === 0 ? undefined : commonLb;
}

function encodeLocalities(localities: LocalityUse): ProtoJson {
  switch (localities.type) {
    case 'ignored':
      return {};
    case 'weighted':
      return { localityWeightedLbConfig: {} };
    case 'zone-aware':
      return {
        zoneAwareLbConfig: withoutAbsent({
          routingEnabled: localities.isOn ? undefined : {}, // 0 percent
          minClusterSize:
            localities.minimumClusterSize === undefined ? undefined : String(localities.minimumClusterSize),
        }),
      };
  }
}

/** Port 0 lets the system choose; Envoy wants it said. */
function encodeSources([first, ...others]: readonly string[]): ProtoJson | undefined {
  if (first === undefined) return undefined;
  const socket = (address: string): ProtoJson => ({ address, portValue: 0 });
  return {
    sourceAddress: socket(first),
    ...withoutDefaults({ extraSourceAddresses: others.map((address) => ({ address: socket(address) })) }),
  };
}

function encodeMetadata(metadata: ClusterMetadata): ProtoJson | undefined {
  const { services, configPath, subset, isExternal, keepsApplicationProtocols } = metadata;
  const istio = withoutDefaults({
    config: configPath,
    services,
    subset,
    external: isExternal,
    alpn_override: keepsApplicationProtocols ? 'false' : '', // the filter reads a text
  });
  return Object.keys(istio).length === 0 ? undefined : { filterMetadata: { istio } };
}

/** A filter of Istio's own Envoy, whose message stock schemas do not know; a TypedStruct carries it. */
const METADATA_EXCHANGE: ProtoJson = {
  name: 'istio.metadata_exchange',
  typedConfig: {
    '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct',
    typeUrl: 'type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange',
    value: { enable_discovery: true, protocol: 'istio-peer-exchange' },
  },
};
