import type { DurationMs } from '../base/brand.ts';
import type { HostName } from '../base/host-name.ts';
import type { Labels } from '../base/labels.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { ClientTls } from './client-tls.ts';
import type { Visibility } from './visibility.ts';

/**
 * All DestinationRules of one namespace for one host, consolidated (DR-5 to DR-10). A block that is absent was not
 * written; which other level it comes from is decided in compile (DR-19 to DR-21), not here.
 */
export interface TrafficPolicy {
  /** Contributors in the order in which they were merged; the first names the policy in metadata. */
  readonly from: readonly ResourceKey[];
  readonly host: HostName;
  readonly namespace: string;
  readonly visibility: Visibility;
  /** `undefined` applies to all clients; otherwise only to those whose labels it selects. */
  readonly workloadSelector: Labels | undefined;
  readonly blocks: PolicyBlocks;
  readonly ports: readonly PortPolicy[];
  readonly subsets: readonly Subset[];
}

export interface PortPolicy {
  readonly port: number;
  readonly blocks: PolicyBlocks;
}

export interface Subset {
  readonly name: string;
  /** Empty selects every endpoint (DR-22). */
  readonly labels: Labels;
  readonly blocks: PolicyBlocks;
  readonly ports: readonly PortPolicy[];
}

export interface PolicyBlocks {
  readonly pool?: ConnectionPool;
  readonly lb?: LoadBalancing;
  readonly outlier?: OutlierDetection;
  readonly retryBudget?: RetryBudget;
  readonly tls?: ClientTls;
  /** Version in which the client's address is told before anything else (DR-35). */
  readonly proxyProtocol?: 'v1' | 'v2';
  readonly tunnel?: Tunnel;
}

/** Connections go inside a request to the service, which carries them on to a target of its own. */
export interface Tunnel {
  /** `host:port`, with brackets around an IPv6 address. */
  readonly target: string;
  /** Asks by POST instead of CONNECT. */
  readonly usesPost: boolean;
}

/** Share of active requests that may be retries at the same time (DR-26). */
export interface RetryBudget {
  readonly percent: number;
  readonly minimumConcurrency: number;
  readonly interval: DurationMs | undefined;
}

export interface ConnectionPool {
  readonly maxConnections?: number;
  readonly connectTimeout?: DurationMs;
  readonly maxConnectionDuration?: DurationMs;
  readonly tcpIdleTimeout?: DurationMs;
  readonly tcpKeepalive?: TcpKeepalive;
  readonly maxPendingRequests?: number;
  readonly maxRequests?: number;
  readonly maxRequestsPerConnection?: number;
  readonly maxRetries?: number;
  readonly maxConcurrentStreams?: number;
  readonly httpIdleTimeout?: DurationMs;
  readonly http2Keepalive?: { readonly interval: DurationMs | undefined; readonly timeout: DurationMs | undefined };
  /** `unset` follows the mesh. */
  readonly h2Upgrade: 'unset' | 'upgrade' | 'do-not-upgrade';
  readonly usesClientProtocol: boolean;
}

export interface TcpKeepalive {
  readonly probes: number | undefined;
  readonly time: DurationMs | undefined;
  readonly interval: DurationMs | undefined;
}

export interface OutlierDetection {
  /** `undefined` leaves Envoy's default; 0 switches the check off. */
  readonly consecutive5xx?: number;
  readonly consecutiveGatewayErrors?: number;
  readonly consecutiveLocalOriginFailures?: number;
  readonly splitsLocalOrigin: boolean;
  readonly interval?: DurationMs;
  readonly baseEjectionTime?: DurationMs;
  /** Percent, 0 to 100. */
  readonly maxEjectionPercent?: number;
  /** Percent, 0 to 100; 0 by default (DR-27). */
  readonly minHealthPercent: number;
  /** Statuses that count as errors instead of 5xx (DR-28); empty keeps 5xx. */
  readonly httpErrorCodes: readonly number[];
}

export interface LoadBalancing {
  readonly algorithm?: LbAlgorithm;
  readonly warmup?: Warmup;
  /** `undefined` follows the mesh; `off` is `enabled: false`. */
  readonly locality?: LocalityLb | 'off';
  /** Wins over `locality` where it is there. */
  readonly zoneAware?: ZoneAwareLb;
}

export type LbAlgorithm =
  | { readonly type: 'least-request' | 'round-robin' | 'random' | 'passthrough' }
  | {
      readonly type: 'ring-hash';
      readonly minimumRingSize: number | undefined;
      readonly key: HashKey | undefined;
    }
  | { readonly type: 'maglev'; readonly tableSize: number | undefined; readonly key: HashKey | undefined };

export interface CookieAttribute {
  readonly name: string;
  readonly value: string;
}

/** What consistent hashing looks at; becomes a hash policy of the route (RT-30) or of the TCP proxy (TR-9). */
export type HashKey =
  | { readonly on: 'header'; readonly name: string }
  | {
      readonly on: 'cookie';
      readonly name: string;
      readonly path: string;
      /** Without it only cookies that clients bring count; with it the proxy sets one where there is none. */
      readonly ttl: DurationMs | undefined;
      /** Of the cookie that the proxy sets, as `SameSite=Strict`. */
      readonly attributes: readonly CookieAttribute[];
    }
  | { readonly on: 'query-parameter'; readonly name: string }
  | { readonly on: 'source-ip' };

export interface Warmup {
  readonly duration: DurationMs;
  /** `undefined` leaves the shape of the ramp to Envoy. `minimumPercent` is 0 to 100. */
  readonly shape: { readonly minimumPercent: number; readonly aggression: number } | undefined;
}

/** Zones of one region share traffic by how many clients each has (LB-11); other regions are for failover. */
export interface ZoneAwareLb {
  readonly isOn: boolean;
  readonly failover: readonly { readonly from: string; readonly to: string }[];
  readonly failoverPriority: readonly string[];
  /** Below so many hosts zones are not looked at; `undefined` keeps Envoy's 6. */
  readonly minimumClusterSize: number | undefined;
}

export interface LocalityLb {
  readonly distribute: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[];
  readonly failover: readonly { readonly from: string; readonly to: string }[];
  readonly failoverPriority: readonly string[];
}
