import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { duration, int32, portSelector, texts, textMap, uint32, uint64 } from './field-shapes.ts';

/** Shape of the traffic policy of a DestinationRule; the mesh settings share parts of it. Source: Istio's reference page "Destination Rule". */
const failover = z.strictObject({ from: z.string().exactOptional(), to: z.string().exactOptional() });

export const localityLbSetting = z.strictObject({
  distribute: z
    .array(z.strictObject({ from: z.string().exactOptional(), to: z.record(z.string(), uint32).exactOptional() }))
    .exactOptional(),
  failover: z.array(failover).exactOptional(),
  failoverPriority: texts.exactOptional(),
  enabled: z.boolean().exactOptional(),
});

export const zoneAwareLbSetting = z.strictObject({
  enabled: z.boolean().exactOptional(),
  failover: z.array(failover).exactOptional(),
  failoverPriority: texts.exactOptional(),
  minClusterSize: uint64.exactOptional(),
});

const httpCookie = z.strictObject({
  name: z.string().exactOptional(),
  path: z.string().exactOptional(),
  ttl: duration.exactOptional(),
  attributes: z
    .array(z.strictObject({ name: z.string().exactOptional(), value: z.string().exactOptional() }))
    .exactOptional(),
});

/** One hash key (header, cookie, source address, query parameter) and at most one algorithm. */
const consistentHash = z.strictObject({
  httpHeaderName: z.string().exactOptional(),
  httpCookie: httpCookie.exactOptional(),
  useSourceIp: z.boolean().exactOptional(),
  httpQueryParameterName: z.string().exactOptional(),
  ringHash: z.strictObject({ minimumRingSize: uint64.exactOptional() }).exactOptional(),
  maglev: z.strictObject({ tableSize: uint64.exactOptional() }).exactOptional(),
  /** Deprecated: `ringHash.minimumRingSize`. */
  minimumRingSize: uint64.exactOptional(),
});

const warmup = z.strictObject({
  duration: duration.exactOptional(),
  minimumPercent: z.number().exactOptional(),
  aggression: z.number().exactOptional(),
});

const loadBalancer = z.strictObject({
  simple: z
    .enum(['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'])
    .exactOptional(),
  consistentHash: consistentHash.exactOptional(),
  localityLbSetting: localityLbSetting.exactOptional(),
  zoneAwareLbSetting: zoneAwareLbSetting.exactOptional(),
  /** Deprecated: `warmup.duration`. */
  warmupDurationSecs: duration.exactOptional(),
  warmup: warmup.exactOptional(),
});

export const tcpKeepalive = z.strictObject({
  probes: uint32.exactOptional(),
  time: duration.exactOptional(),
  interval: duration.exactOptional(),
});

export const connectionPool = z.strictObject({
  tcp: z
    .strictObject({
      maxConnections: int32.exactOptional(),
      connectTimeout: duration.exactOptional(),
      tcpKeepalive: tcpKeepalive.exactOptional(),
      maxConnectionDuration: duration.exactOptional(),
      idleTimeout: duration.exactOptional(),
    })
    .exactOptional(),
  http: z
    .strictObject({
      http1MaxPendingRequests: int32.exactOptional(),
      http2MaxRequests: int32.exactOptional(),
      maxRequestsPerConnection: int32.exactOptional(),
      maxRetries: int32.exactOptional(),
      idleTimeout: duration.exactOptional(),
      h2UpgradePolicy: z.enum(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']).exactOptional(),
      useClientProtocol: z.boolean().exactOptional(),
      maxConcurrentStreams: int32.exactOptional(),
      http2KeepAlive: z
        .strictObject({ interval: duration.exactOptional(), timeout: duration.exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
});

export const outlierDetection = z.strictObject({
  /** Deprecated: `consecutive5xxErrors`. */
  consecutiveErrors: int32.exactOptional(),
  splitExternalLocalOriginErrors: z.boolean().exactOptional(),
  consecutiveLocalOriginFailures: uint32.exactOptional(),
  consecutiveGatewayErrors: uint32.exactOptional(),
  consecutive5xxErrors: uint32.exactOptional(),
  interval: duration.exactOptional(),
  baseEjectionTime: duration.exactOptional(),
  maxEjectionPercent: int32.exactOptional(),
  minHealthPercent: int32.exactOptional(),
  outlierDetectionHttpErrorCodes: z.array(uint32).exactOptional(),
});

export const clientTls = z.strictObject({
  mode: z.enum(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']).exactOptional(),
  clientCertificate: z.string().exactOptional(),
  privateKey: z.string().exactOptional(),
  caCertificates: z.string().exactOptional(),
  credentialName: z.string().exactOptional(),
  subjectAltNames: texts.exactOptional(),
  sni: z.string().exactOptional(),
  insecureSkipVerify: z.boolean().exactOptional(),
  caCrl: z.string().exactOptional(),
});

const portTrafficPolicy = z.strictObject({
  port: portSelector.exactOptional(),
  loadBalancer: loadBalancer.exactOptional(),
  connectionPool: connectionPool.exactOptional(),
  outlierDetection: outlierDetection.exactOptional(),
  tls: clientTls.exactOptional(),
});

const tunnel = z.strictObject({
  protocol: z.string().exactOptional(),
  targetHost: z.string().exactOptional(),
  targetPort: uint32.exactOptional(),
});

const retryBudget = z.strictObject({
  percent: z.number().exactOptional(),
  minRetryConcurrency: uint32.exactOptional(),
  budgetInterval: duration.exactOptional(),
});

export const trafficPolicy = z.strictObject({
  loadBalancer: loadBalancer.exactOptional(),
  connectionPool: connectionPool.exactOptional(),
  outlierDetection: outlierDetection.exactOptional(),
  tls: clientTls.exactOptional(),
  portLevelSettings: z.array(portTrafficPolicy).exactOptional(),
  tunnel: tunnel.exactOptional(),
  proxyProtocol: z.strictObject({ version: z.enum(['V1', 'V2']).exactOptional() }).exactOptional(),
  retryBudget: retryBudget.exactOptional(),
});

export const subset = z.strictObject({
  name: z.string().exactOptional(),
  labels: textMap.exactOptional(),
  trafficPolicy: trafficPolicy.exactOptional(),
});

export type TrafficPolicySpec = Immutable<z.infer<typeof trafficPolicy>>;
export type PortTrafficPolicySpec = Immutable<z.infer<typeof portTrafficPolicy>>;
export type SubsetSpec = Immutable<z.infer<typeof subset>>;
export type LoadBalancerSpec = Immutable<z.infer<typeof loadBalancer>>;
export type ConsistentHashSpec = Immutable<z.infer<typeof consistentHash>>;
export type LocalityLbSpec = Immutable<z.infer<typeof localityLbSetting>>;
export type ZoneAwareLbSpec = Immutable<z.infer<typeof zoneAwareLbSetting>>;
export type WarmupSpec = Immutable<z.infer<typeof warmup>>;
export type ConnectionPoolSpec = Immutable<z.infer<typeof connectionPool>>;
export type TcpKeepaliveSpec = Immutable<z.infer<typeof tcpKeepalive>>;
export type OutlierDetectionSpec = Immutable<z.infer<typeof outlierDetection>>;
export type ClientTlsSpec = Immutable<z.infer<typeof clientTls>>;
export type TunnelSpec = Immutable<z.infer<typeof tunnel>>;
export type RetryBudgetSpec = Immutable<z.infer<typeof retryBudget>>;
