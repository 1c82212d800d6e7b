import type { DurationMs } from '../base/brand.ts';
import type { LabelSelector } from '../base/label-selector.ts';
import type { HostName } from '../base/host-name.ts';
import type { AuthorizerSettings } from './authorizer.ts';
import type { WrittenConnectionSettings } from './connection-settings.ts';
import type { TracingSettings } from './tracing.ts';
import type { LocalityLb, PolicyBlocks, TcpKeepalive, ZoneAwareLb } from './traffic-policy.ts';

/**
 * The mesh-wide settings that stages read, defaults filled in (G-7). Switches of the product are fields here, never
 * module state, so that they are part of every stage's input.
 */
export interface MeshSettings {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  /** Former trust domains, whose names certificates may still carry. */
  readonly trustDomainAliases: readonly string[];
  /** Those whose workloads may connect: the own one, its aliases, and those of further authorities, each once (ITLS-8). */
  readonly trustedDomains: readonly string[];
  /** What servers of the mesh ask of TLS among proxies; no suites leave them to us (ITLS-7). */
  readonly meshTls: { readonly cipherSuites: readonly string[]; readonly minimumVersion: '1.2' | '1.3' };
  /** Cluster that endpoints written in documents count to; Istio's word for the registry's own cluster. */
  readonly clusterId: string;
  /** Patterns for the stat names of clusters (CL-12); `undefined` takes the cluster's name. */
  readonly outboundStatName: string | undefined;
  readonly inboundStatName: string | undefined;
  /** Suffix of in-mesh service names: `name.namespace.svc.<domainSuffix>`. */
  readonly domainSuffix: string;
  /** Suffix that short names in routes and policies get likewise (HN-7); empty leaves them at `name.namespace`. */
  readonly shortNameSuffix: string;
  /**
   * What becomes of traffic to hosts that nobody described: it goes on to where it was going, HTTP among it to the host that the
   * request names and the proxy looks up, or nowhere.
   */
  readonly outboundPolicy: 'allow-any' | 'look-up' | 'registry-only';
  readonly inboundPolicy: 'passthrough' | 'localhost';
  /** Port of the catch-all listener that redirected outbound connections meet (15001). */
  readonly outboundPort: number;
  /** Port of the catch-all listener that redirected inbound connections meet (15006). */
  readonly inboundPort: number;
  /** Port of the forward-proxy listener on loopback; 0 for none. */
  readonly httpProxyPort: number;
  /** The next two: `undefined` leaves it to Envoy. */
  readonly connectTimeout: DurationMs | undefined;
  readonly dnsRefresh: DurationMs | undefined;
  readonly protocolDetectionTimeout: DurationMs;
  readonly upgradesToHttp2: boolean;
  readonly pathNormalization: 'none' | 'base' | 'merge-slashes' | 'decode-and-merge-slashes';
  /** What stands before routers, and how much they believe of what it says. */
  readonly routerTopology: RouterTopology;
  /** Limits of the connections that proxies take; `undefined` where nothing is said. */
  readonly connections: WrittenConnectionSettings | undefined;
  readonly defaultExportTo: {
    readonly services: readonly string[];
    readonly routes: readonly string[];
    readonly policies: readonly string[];
  };
  /** Whether services without an address are given one (SE-17); without it only those that their status says. */
  readonly drawsAddresses: boolean;
  /** What caps the visibility of ServiceEntries; `undefined` for nothing (SR-8). */
  readonly visibilityCaps: VisibilityCaps | undefined;
  readonly defaultRetries: RetryDefaults | undefined;
  /** Of proxies towards their own workload. */
  readonly defaultInboundRetries: RetryDefaults | undefined;
  /** Mesh-wide locality load balancing; `undefined` when it is switched off. */
  readonly localityLb: LocalityLb | undefined;
  /** Mesh-wide zone-aware load balancing, which wins over `localityLb`. */
  readonly zoneAwareLb: ZoneAwareLb | undefined;
  /** Hosts whose endpoints are used within their own cluster alone, and exceptions from that; the most specific counts (NW-5). */
  readonly clusterLocalHosts: Readonly<Record<HostName, boolean>>;
  readonly tcpKeepalive: TcpKeepalive | undefined;
  /** Whether proxies speak mutual TLS with every service of the mesh that takes it (MTLS-6). */
  readonly usesAutoMutualTls: boolean;
  /** What TLS to others than the mesh's own proxies offers; empty leaves it to Envoy. */
  readonly tlsDefaults: { readonly cipherSuites: readonly string[]; readonly curves: readonly string[] };
  /** Blocks that fill what a DestinationRule leaves unset (DR-21). */
  readonly defaultPolicy: PolicyBlocks;
  /** `undefined` where proxies report no spans. */
  readonly tracing: TracingSettings | undefined;
  /** Who can be asked about requests, by name. */
  readonly authorizers: readonly AuthorizerSettings[];
}

export interface RouterTopology {
  /** How many proxies before a router append to `x-forwarded-for` and are believed. */
  readonly trustedProxies: number;
  readonly clientCertificates: ClientCertificates;
  /** Whether connections begin with a PROXY protocol header, as some load balancers send it. */
  readonly readsProxyProtocol: boolean;
}

/** What becomes of the `x-forwarded-client-cert` header. */
export type ClientCertificates =
  'sanitize' | 'forward-only' | 'append-forward' | 'sanitize-set' | 'always-forward-only';

export interface RetryDefaults {
  readonly attempts: number;
  readonly retryOn: string | undefined;
  readonly backoff: DurationMs | undefined;
}

export type VisibilityCap = 'public' | 'namespace' | 'nobody';

/** The first policy all of whose selectors match the namespace says the cap, else the fallback. A selector that is not there never matches. */
export interface VisibilityCaps {
  readonly fallback: VisibilityCap;
  readonly policies: readonly {
    readonly cap: VisibilityCap;
    readonly selectors: readonly (LabelSelector | undefined)[];
  }[];
}
