import type { DurationMs } from '../base/brand.ts';
import type { DnsCacheIr, DnsFamily } from './dns-cache.ts';
import type { EndpointGroup } from './endpoints.ts';
import type { UpstreamTransportIr } from './upstream-tls.ts';

/** One upstream: how its hosts are found, connected to, chosen among and given up on. */
export interface ClusterIr {
  readonly name: string;
  /** Name under which Envoy counts it. */
  readonly statName: string;
  readonly discovery: ClusterDiscovery;
  /** `undefined` leaves it to Envoy. */
  readonly connectTimeout: DurationMs | undefined;
  readonly choice: HostChoice;
  readonly localities: LocalityUse;
  /** Whether a session that names a draining host still gets it (EP-8). */
  readonly keepsDrainingHosts: boolean;
  /** Percent of healthy hosts below which Envoy stops caring about health; `undefined` keeps its 50. */
  readonly panicThreshold: number | undefined;
  /** `undefined` keeps Envoy's limits: a cluster that has no hosts needs none. */
  readonly limits: CircuitLimits | undefined;
  readonly outlier: OutlierIr | undefined;
  /** `undefined` is HTTP/1.1 with Envoy's settings. */
  readonly http: UpstreamHttp | undefined;
  readonly keepalive: KeepaliveIr | undefined;
  readonly transport: UpstreamTransportIr;
  /** Addresses to connect from, first by first; empty leaves it to the system. */
  readonly sourceAddresses: readonly string[];
  readonly metadata: ClusterMetadata;
  /** Whether both sides tell each other who they are in TCP connections; Istio's Envoy alone can. */
  readonly exchangesPeerMetadata: boolean;
}

export type ClusterDiscovery =
  | { readonly type: 'eds' }
  | {
      readonly type: 'dns';
      /** `strict` uses every address that the name has, `logical` one per new connection. */
      readonly mode: 'strict' | 'logical';
      readonly family: DnsFamily;
      /** How often a failed lookup is tried again; `undefined` leaves it to Envoy. */
      readonly refresh: DurationMs | undefined;
      readonly groups: readonly EndpointGroup[];
    }
  | {
      readonly type: 'dynamic-dns';
      readonly cache: DnsCacheIr;
      /** Whether certificates need not be for the name that was looked up; Envoy wants that said. */
      readonly leavesNamesUnchecked: boolean;
    }
  | { readonly type: 'static'; readonly groups: readonly EndpointGroup[] }
  | {
      readonly type: 'original-destination';
      readonly port: number | undefined;
      /** Whether a host that nobody uses any more is kept for good. */
      readonly keepsHosts: boolean;
    };

export type HostChoice =
  | { readonly by: 'least-request' | 'round-robin'; readonly slowStart: SlowStart | undefined }
  | { readonly by: 'random' }
  | { readonly by: 'ring-hash'; readonly minimumRingSize: number | undefined }
  | { readonly by: 'maglev'; readonly tableSize: number | undefined }
  | { readonly by: 'discovery' };

/** What localities mean within one priority: nothing, a weight each (LB-10), or zones to stay in (LB-11). */
export type LocalityUse =
  | { readonly type: 'ignored' | 'weighted' }
  | { readonly type: 'zone-aware'; readonly isOn: boolean; readonly minimumClusterSize: number | undefined };

export interface SlowStart {
  readonly window: DurationMs;
  /** `undefined` keeps Envoy's ramp. `minimumPercent` is 0 to 100. */
  readonly shape: { readonly minimumPercent: number; readonly aggression: number } | undefined;
}

/** Each at most 2^32 - 1, which is no limit. */
export interface CircuitLimits {
  readonly connections: number;
  readonly pendingRequests: number;
  readonly requests: number;
  readonly retries: number;
  readonly retryBudget:
    | { readonly percent: number; readonly minimumConcurrency: number; readonly interval: DurationMs | undefined }
    | undefined;
}

/** Each check that is `undefined` keeps Envoy's settings; `afterFailures` 0 switches it off. */
export interface OutlierIr {
  readonly serverErrors: OutlierCheck | undefined;
  readonly gatewayErrors: OutlierCheck | undefined;
  /** `undefined` counts failures to connect as server errors. */
  readonly localFailures: { readonly check: OutlierCheck | undefined } | undefined;
  readonly interval: DurationMs | undefined;
  readonly baseEjectionTime: DurationMs | undefined;
  readonly maxEjectionPercent: number | undefined;
}

export interface OutlierCheck {
  readonly afterFailures: number;
}

export interface UpstreamHttp {
  /** `downstream` speaks to the host what the client spoke to the proxy. */
  readonly protocol: 'http1' | 'http2' | 'downstream';
  readonly idleTimeout: DurationMs | undefined;
  readonly maxRequestsPerConnection: number | undefined;
  readonly maxConnectionDuration: DurationMs | undefined;
  /** The next two concern HTTP/2 alone. */
  readonly maxConcurrentStreams: number | undefined;
  readonly http2Keepalive:
    { readonly interval: DurationMs | undefined; readonly timeout: DurationMs | undefined } | undefined;
  /** Statuses that count as errors for outlier detection; empty means 5xx. */
  readonly errorStatuses: readonly number[];
  readonly names: RequestNames;
}

/** What TLS takes from the host of each request. */
export interface RequestNames {
  /** The server name that is asked for. */
  readonly areAskedFor: boolean;
  /** The name that the server's certificate must carry. */
  readonly areChecked: boolean;
}

export interface KeepaliveIr {
  readonly probes: number | undefined;
  readonly time: DurationMs | undefined;
  readonly interval: DurationMs | undefined;
}

/** What dashboards and filters read about a cluster, under Istio's names (DR-36). */
export interface ClusterMetadata {
  readonly services: readonly { readonly host: string; readonly name: string; readonly namespace: string }[];
  /** Path of the document that shaped it, empty for none. */
  readonly configPath: string;
  /** Empty for none. */
  readonly subset: string;
  readonly isExternal: boolean;
  /** Whether Istio's own Envoy leaves the application protocols of TLS alone. */
  readonly keepsApplicationProtocols: boolean;
}
