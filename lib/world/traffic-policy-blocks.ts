import { durationMs, type DurationMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import type {
  ConnectionPool,
  HashKey,
  LbAlgorithm,
  LoadBalancing,
  LocalityLb,
  OutlierDetection,
  PolicyBlocks,
  PortPolicy,
  RetryBudget,
  TcpKeepalive,
  Tunnel,
  Warmup,
  ZoneAwareLb,
} from '../model/traffic-policy.ts';
import type {
  ConnectionPoolSpec,
  ConsistentHashSpec,
  LoadBalancerSpec,
  LocalityLbSpec,
  OutlierDetectionSpec,
  RetryBudgetSpec,
  TcpKeepaliveSpec,
  TrafficPolicySpec,
  TunnelSpec,
  ZoneAwareLbSpec,
} from '../resources/traffic-policy-spec.ts';
import { readClientTls } from './client-tls.ts';

/** The blocks of a written traffic policy, each present exactly when it was written. */
export function readBlocks(spec: TrafficPolicySpec | undefined): PolicyBlocks {
  if (spec === undefined) return {};
  return {
    ...(spec.connectionPool && { pool: readConnectionPool(spec.connectionPool) }),
    ...(spec.loadBalancer && { lb: readLoadBalancing(spec.loadBalancer) }),
    ...(spec.outlierDetection && { outlier: readOutlierDetection(spec.outlierDetection) }),
    ...(spec.retryBudget && { retryBudget: readRetryBudget(spec.retryBudget) }),
    ...(spec.tls && { tls: readClientTls(spec.tls) }),
    ...(spec.proxyProtocol && { proxyProtocol: spec.proxyProtocol.version === 'V2' ? 'v2' : 'v1' }),
    ...(spec.tunnel && { tunnel: readTunnel(spec.tunnel) }),
  };
}

function readTunnel({ protocol, targetHost = '', targetPort = 0 }: TunnelSpec): Tunnel {
  const host = targetHost.includes(':') ? `[${targetHost}]` : targetHost;
  return { target: `${host}:${targetPort}`, usesPost: protocol === 'POST' };
}

/** Port-level blocks, in the order written: the first for a port counts. */
export function readPortPolicies(spec: TrafficPolicySpec | undefined): readonly PortPolicy[] {
  return (spec?.portLevelSettings ?? []).map(({ port, ...blocks }) => ({
    port: port?.number ?? 0,
    blocks: readBlocks(blocks),
  }));
}

export function readConnectionPool({ tcp = {}, http = {} }: ConnectionPoolSpec): ConnectionPool {
  const { http2KeepAlive } = http;
  return {
    ...positive('maxConnections', tcp.maxConnections),
    ...duration('connectTimeout', tcp.connectTimeout),
    ...duration('maxConnectionDuration', tcp.maxConnectionDuration),
    ...duration('tcpIdleTimeout', tcp.idleTimeout),
    ...(tcp.tcpKeepalive && { tcpKeepalive: readTcpKeepalive(tcp.tcpKeepalive) }),
    ...positive('maxPendingRequests', http.http1MaxPendingRequests),
    ...positive('maxRequests', http.http2MaxRequests),
    ...positive('maxRequestsPerConnection', http.maxRequestsPerConnection),
    ...positive('maxRetries', http.maxRetries),
    ...positive('maxConcurrentStreams', http.maxConcurrentStreams),
    ...duration('httpIdleTimeout', http.idleTimeout),
    ...(http2KeepAlive && {
      http2Keepalive: {
        interval: textDuration(http2KeepAlive.interval),
        timeout: textDuration(http2KeepAlive.timeout),
      },
    }),
    h2Upgrade: UPGRADES[http.h2UpgradePolicy ?? 'DEFAULT'],
    usesClientProtocol: http.useClientProtocol ?? false,
  };
}

const UPGRADES = { DEFAULT: 'unset', UPGRADE: 'upgrade', DO_NOT_UPGRADE: 'do-not-upgrade' } as const;

export function readTcpKeepalive({ probes, time, interval }: TcpKeepaliveSpec): TcpKeepalive {
  return { probes, time: textDuration(time), interval: textDuration(interval) };
}

export function readOutlierDetection(spec: OutlierDetectionSpec): OutlierDetection {
  return {
    ...count('consecutive5xx', spec.consecutive5xxErrors),
    ...count('consecutiveGatewayErrors', spec.consecutiveGatewayErrors),
    ...count('consecutiveLocalOriginFailures', spec.consecutiveLocalOriginFailures),
    splitsLocalOrigin: spec.splitExternalLocalOriginErrors ?? false,
    ...duration('interval', spec.interval),
    ...duration('baseEjectionTime', spec.baseEjectionTime),
    ...positive('maxEjectionPercent', spec.maxEjectionPercent),
    minHealthPercent: spec.minHealthPercent ?? 0,
    httpErrorCodes: spec.outlierDetectionHttpErrorCodes ?? [],
  };
}

function readLoadBalancing(spec: LoadBalancerSpec): LoadBalancing {
  const algorithm = readAlgorithm(spec);
  const warmup = readWarmup(spec);
  const locality = spec.localityLbSetting && readLocalityLb(spec.localityLbSetting);
  const zoneAware = spec.zoneAwareLbSetting && readZoneAwareLb(spec.zoneAwareLbSetting);
  return {
    ...(algorithm && { algorithm }),
    ...(warmup && { warmup }),
    ...(locality && { locality }),
    ...(zoneAware && { zoneAware }),
  };
}

function readAlgorithm({ simple, consistentHash }: LoadBalancerSpec): LbAlgorithm | undefined {
  if (consistentHash !== undefined) return hashAlgorithm(consistentHash);
  switch (simple) {
    case 'LEAST_CONN':
    case 'LEAST_REQUEST':
      return { type: 'least-request' };
    case 'RANDOM':
      return { type: 'random' };
    case 'ROUND_ROBIN':
      return { type: 'round-robin' };
    case 'PASSTHROUGH':
      return { type: 'passthrough' };
    case 'UNSPECIFIED':
    case undefined:
      return undefined;
  }
}

/** LB-15: `undefined` as ring size leaves Envoy's own default, which a written `ringHash: {}` asks for. */
function hashAlgorithm(spec: ConsistentHashSpec): LbAlgorithm {
  const key = hashKey(spec);
  const nonZero = (size: number | undefined): number | undefined => (size === 0 ? undefined : size);
  if (spec.maglev !== undefined) return { type: 'maglev', tableSize: nonZero(spec.maglev.tableSize), key };
  if (spec.ringHash !== undefined) {
    return { type: 'ring-hash', minimumRingSize: nonZero(spec.ringHash.minimumRingSize), key };
  }
  return { type: 'ring-hash', minimumRingSize: nonZero(spec.minimumRingSize) ?? 1024, key };
}

function hashKey(spec: ConsistentHashSpec): HashKey | undefined {
  if (spec.httpHeaderName !== undefined) return { on: 'header', name: spec.httpHeaderName };
  if (spec.httpCookie !== undefined) {
    const { name = '', path = '', ttl, attributes: written = [] } = spec.httpCookie;
    const attributes = written.map(({ name = '', value = '' }) => ({ name, value }));
    return { on: 'cookie', name, path, ttl: textDuration(ttl), attributes };
  }
  if (spec.useSourceIp !== undefined) return spec.useSourceIp ? { on: 'source-ip' } : undefined;
  if (spec.httpQueryParameterName !== undefined) return { on: 'query-parameter', name: spec.httpQueryParameterName };
  return undefined;
}

/** LB-16: the newer field wins; the older one says a duration and leaves the rest to Envoy. */
function readWarmup({ warmup, warmupDurationSecs }: LoadBalancerSpec): Warmup | undefined {
  if (warmup !== undefined) {
    return {
      duration: textDuration(warmup.duration) ?? durationMs(0),
      shape: { minimumPercent: warmup.minimumPercent ?? 10, aggression: warmup.aggression ?? 1 },
    };
  }
  const window = textDuration(warmupDurationSecs);
  return window === undefined ? undefined : { duration: window, shape: undefined };
}

/** LB-1: `enabled: false` switches it off where it is written, whatever else is. */
export function readLocalityLb(spec: LocalityLbSpec): LocalityLb | 'off' {
  if (spec.enabled === false) return 'off';
  return {
    distribute: (spec.distribute ?? []).map(({ from = '', to = {} }) => ({ from, to })),
    failover: (spec.failover ?? []).map(({ from = '', to = '' }) => ({ from, to })),
    failoverPriority: spec.failoverPriority ?? [],
  };
}

/** LB-11: it is on unless it says otherwise, and takes the place of other settings even when it is off. */
export function readZoneAwareLb(spec: ZoneAwareLbSpec): ZoneAwareLb {
  return {
    isOn: spec.enabled ?? true,
    failover: (spec.failover ?? []).map(({ from = '', to = '' }) => ({ from, to })),
    failoverPriority: spec.failoverPriority ?? [],
    minimumClusterSize: spec.minClusterSize,
  };
}

function readRetryBudget({ percent, minRetryConcurrency = 0, budgetInterval }: RetryBudgetSpec): RetryBudget {
  return {
    percent: percent ?? 20,
    minimumConcurrency: minRetryConcurrency > 0 ? minRetryConcurrency : 3,
    interval: textDuration(budgetInterval),
  };
}

export const textDuration = (text: string | undefined): DurationMs | undefined =>
  text === undefined ? undefined : parseDuration(text);

function duration<Name extends string>(name: Name, text: string | undefined): { readonly [K in Name]?: DurationMs } {
  const value = textDuration(text);
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in Name]?: DurationMs });
}

function count<Name extends string>(name: Name, value: number | undefined): { readonly [K in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in Name]?: number });
}

/** DR-23: a limit of zero or less is no limit. */
function positive<Name extends string>(name: Name, value: number | undefined): { readonly [K in Name]?: number } {
  return value !== undefined && value > 0 ? count(name, value) : {};
}
