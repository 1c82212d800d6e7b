import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { duration, int32, portSelector, texts, textMap, uint32, uint64 } from './field-shapes.ts';

/** Shape of the traffic policy of a DestinationRule; the mesh settings share parts of it. Source: Istio's reference page "Destination Rule". */
const failover = z.strictObject({
  from: z.string().exactOptional().describe('The region that has failed.'),
  to: z.string().exactOptional().describe('The region that takes over.'),
});

export const localityLbSetting = z.strictObject({
  distribute: z
    .array(
      z.strictObject({
        from: z.string().exactOptional().describe('Locality of the caller, as region/zone/subzone; * stands for any.'),
        to: z
          .record(z.string(), uint32)
          .exactOptional()
          .describe('Percent of the traffic by locality of the instances; the sum is 100.'),
      }),
    )
    .exactOptional()
    .describe('Shares of traffic between localities, by where the caller is.'),
  failover: z
    .array(failover)
    .exactOptional()
    .describe('Which region takes over for which; needs outlier detection to notice failures.'),
  failoverPriority: texts
    .exactOptional()
    .describe('Labels, the first most important, that an instance should share with the caller.'),
  enabled: z.boolean().exactOptional().describe('Whether localities matter; overrides what the mesh says.'),
});

export const zoneAwareLbSetting = z.strictObject({
  enabled: z.boolean().exactOptional().describe('Whether callers keep to their own zone as far as it has capacity.'),
  failover: z.array(failover).exactOptional().describe('Which region takes over for which.'),
  failoverPriority: texts
    .exactOptional()
    .describe('Labels, the first most important, that an instance should share with the caller.'),
  minClusterSize: uint64.exactOptional().describe('The fewest instances for which zones are looked at.'),
});

const httpCookie = z.strictObject({
  name: z.string().exactOptional().describe('Name of the cookie.'),
  path: z.string().exactOptional().describe('Path of the cookie.'),
  ttl: duration.exactOptional().describe('How long a cookie lives that the proxy sets; 0s is until the browser ends.'),
  attributes: z
    .array(
      z.strictObject({
        name: z.string().exactOptional().describe('Name of the attribute.'),
        value: z.string().exactOptional().describe('Value of the attribute.'),
      }),
    )
    .exactOptional()
    .describe('Further attributes of the cookie, such as SameSite.'),
});

/** One hash key (header, cookie, source address, query parameter) and at most one algorithm. */
const consistentHash = z.strictObject({
  httpHeaderName: z.string().exactOptional().describe('The header whose value decides which instance is taken.'),
  httpCookie: httpCookie.exactOptional().describe('The cookie that decides; the proxy sets it when it is missing.'),
  useSourceIp: z.boolean().exactOptional().describe("Whether the caller's address decides."),
  httpQueryParameterName: z.string().exactOptional().describe('The query parameter whose value decides.'),
  ringHash: z
    .strictObject({
      minimumRingSize: uint64
        .exactOptional()
        .describe('The fewest places on the ring; more spread the load more evenly.'),
    })
    .exactOptional()
    .describe('Finds the instance on a ring of hashes.'),
  maglev: z
    .strictObject({
      tableSize: uint64.exactOptional().describe('Places in the table, a prime number.'),
    })
    .exactOptional()
    .describe("Finds the instance by Maglev's table."),
  minimumRingSize: uint64.exactOptional().describe('Deprecated, use ringHash.minimumRingSize.'),
});

const warmup = z.strictObject({
  duration: duration.exactOptional().describe('How long a new instance gets less than its share.'),
  minimumPercent: z.number().exactOptional().describe('Percent of its share that a new instance starts with.'),
  aggression: z.number().exactOptional().describe('How its share grows: evenly with 1, slowly first with more.'),
});

const loadBalancer = z.strictObject({
  simple: z
    .enum(['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'])
    .exactOptional()
    .describe('How an instance is chosen without regard to the request.'),
  consistentHash: consistentHash
    .exactOptional()
    .describe('Chooses by a hash of the request, so that equal ones meet the same instance.'),
  localityLbSetting: localityLbSetting
    .exactOptional()
    .describe("How localities share traffic and stand in for each other; overrides the mesh's setting."),
  zoneAwareLbSetting: zoneAwareLbSetting
    .exactOptional()
    .describe('Keeps traffic within zones as far as their capacity allows.'),
  warmupDurationSecs: duration.exactOptional().describe('Deprecated, use warmup.duration.'),
  warmup: warmup.exactOptional().describe('Lets new instances start with less than their share.'),
});

export const tcpKeepalive = z.strictObject({
  probes: uint32
    .exactOptional()
    .describe('How many probes may stay without answer before the connection counts as dead.'),
  time: duration.exactOptional().describe('How long a connection is idle before it is probed.'),
  interval: duration.exactOptional().describe('Time between two probes.'),
});

export const connectionPool = z.strictObject({
  tcp: z
    .strictObject({
      maxConnections: int32.exactOptional().describe('The most connections to the service.'),
      connectTimeout: duration.exactOptional().describe('How long making a connection may take.'),
      tcpKeepalive: tcpKeepalive.exactOptional().describe('Probes of idle connections.'),
      maxConnectionDuration: duration.exactOptional().describe('How long a connection may last.'),
      idleTimeout: duration.exactOptional().describe('How long a plain connection may be idle.'),
    })
    .exactOptional()
    .describe('Limits of connections, whatever they carry.'),
  http: z
    .strictObject({
      http1MaxPendingRequests: int32.exactOptional().describe('The most requests that wait for a connection.'),
      http2MaxRequests: int32.exactOptional().describe('The most requests under way at once.'),
      maxRequestsPerConnection: int32
        .exactOptional()
        .describe('The most requests on one connection; 1 turns keep-alive off.'),
      maxRetries: int32.exactOptional().describe('The most retries under way at once.'),
      idleTimeout: duration.exactOptional().describe('How long a connection without requests is kept.'),
      h2UpgradePolicy: z
        .enum(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'])
        .exactOptional()
        .describe('Whether HTTP/1.1 is sent on as HTTP/2.'),
      useClientProtocol: z
        .boolean()
        .exactOptional()
        .describe('Whether requests go on in the protocol in which they came.'),
      maxConcurrentStreams: int32.exactOptional().describe('The most requests at once on one HTTP/2 connection.'),
      http2KeepAlive: z
        .strictObject({
          interval: duration.exactOptional().describe('Time between two probes.'),
          timeout: duration.exactOptional().describe('How long a probe may stay without answer.'),
        })
        .exactOptional()
        .describe('Probes of HTTP/2 connections.'),
    })
    .exactOptional()
    .describe('Limits of HTTP requests.'),
});

export const outlierDetection = z.strictObject({
  consecutiveErrors: int32.exactOptional().describe('Deprecated, use consecutive5xxErrors.'),
  splitExternalLocalOriginErrors: z
    .boolean()
    .exactOptional()
    .describe('Whether errors that the proxy met itself are counted apart from those that the instance answered.'),
  consecutiveLocalOriginFailures: uint32
    .exactOptional()
    .describe('So many failures in a row that the proxy met itself take an instance out.'),
  consecutiveGatewayErrors: uint32
    .exactOptional()
    .describe('So many answers 502, 503 or 504 in a row take an instance out; 0 turns it off.'),
  consecutive5xxErrors: uint32
    .exactOptional()
    .describe('So many answers from 500 on in a row take an instance out; 0 turns it off.'),
  interval: duration.exactOptional().describe('Time between two looks at the instances.'),
  baseEjectionTime: duration
    .exactOptional()
    .describe('How long an instance stays out the first time; longer each time after.'),
  maxEjectionPercent: int32.exactOptional().describe('Percent of the instances that may be out at once.'),
  minHealthPercent: int32.exactOptional().describe('Percent of instances below which nobody is left out any more.'),
  outlierDetectionHttpErrorCodes: z
    .array(uint32)
    .exactOptional()
    .describe('Statuses that count as errors, in place of all from 500 on.'),
});

export const clientTls = z.strictObject({
  mode: z
    .enum(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'])
    .exactOptional()
    .describe('How TLS is spoken to the service: not at all, with its certificate alone, or with one on both sides.'),
  clientCertificate: z.string().exactOptional().describe("File of the client's certificate, for MUTUAL."),
  privateKey: z.string().exactOptional().describe("File of the client's key, for MUTUAL."),
  caCertificates: z.string().exactOptional().describe("File of the authorities that sign the service's certificate."),
  credentialName: z.string().exactOptional().describe('Name of the secret that holds what the files would.'),
  subjectAltNames: texts.exactOptional().describe("Names, one of which the service's certificate must carry."),
  sni: z.string().exactOptional().describe('Server name that is asked for.'),
  insecureSkipVerify: z
    .boolean()
    .exactOptional()
    .describe("Whether the service's certificate is believed without a check."),
  caCrl: z.string().exactOptional().describe('File of the list of revoked certificates.'),
});

const portTrafficPolicy = z.strictObject({
  port: portSelector.exactOptional().describe('The port of the service that this is about.'),
  loadBalancer: loadBalancer.exactOptional().describe('How an instance is chosen.'),
  connectionPool: connectionPool.exactOptional().describe('Limits of connections and requests.'),
  outlierDetection: outlierDetection.exactOptional().describe('When an instance that fails is left out for a while.'),
  tls: clientTls.exactOptional().describe('TLS to the service.'),
});

const tunnel = z.strictObject({
  protocol: z.string().exactOptional().describe('How the tunnel is asked for: CONNECT or POST.'),
  targetHost: z.string().exactOptional().describe('Host at the far end of the tunnel.'),
  targetPort: uint32.exactOptional().describe('Port at the far end of the tunnel.'),
});

const retryBudget = z.strictObject({
  percent: z.number().exactOptional().describe('Retries under way, in percent of the requests under way.'),
  minRetryConcurrency: uint32.exactOptional().describe('Retries that are allowed however few requests there are.'),
  budgetInterval: duration.exactOptional().describe('The time over which requests are counted.'),
});

export const trafficPolicy = z.strictObject({
  loadBalancer: loadBalancer.exactOptional().describe('How an instance is chosen.'),
  connectionPool: connectionPool.exactOptional().describe('Limits of connections and requests.'),
  outlierDetection: outlierDetection.exactOptional().describe('When an instance that fails is left out for a while.'),
  tls: clientTls.exactOptional().describe('TLS to the service.'),
  portLevelSettings: z
    .array(portTrafficPolicy)
    .exactOptional()
    .describe('Settings of single ports; for its port each takes the place of all others.'),
  tunnel: tunnel.exactOptional().describe('Sends connections through a tunnel of a proxy in between.'),
  proxyProtocol: z
    .strictObject({
      version: z.enum(['V1', 'V2']).exactOptional().describe('Version of the PROXY protocol.'),
    })
    .exactOptional()
    .describe("Tells the service the caller's address by the PROXY protocol."),
  retryBudget: retryBudget.exactOptional().describe('Limits retries in relation to the requests under way.'),
});

export const subset = z.strictObject({
  name: z.string().exactOptional().describe('The name by which routes send to the subset.'),
  labels: textMap.exactOptional().describe('Labels that an instance of the subset has, all of them.'),
  trafficPolicy: trafficPolicy
    .exactOptional()
    .describe('What is different for the subset from the rest of the service.'),
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
