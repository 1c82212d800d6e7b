import type { DurationMs } from '../base/brand.ts';
import type { AccessFilterIr, AuthorizerFilterIr } from './access.ts';
import type { DnsCacheIr } from './dns-cache.ts';
import type { JwtAuthnIr } from './jwt-authn.ts';
import type { RouteConfigurationIr } from './route-configuration.ts';
import type { TracingIr } from './tracing.ts';

/** How the bytes of a connection are read as HTTP, which filters see each request, and where its routes come from. */
export interface HttpConnectionManagerIr {
  readonly type: 'http-connection-manager';
  readonly statPrefix: string;
  readonly routes: RouteSourceIr;
  /** In the order in which they see a request; the last one is the router. */
  readonly filters: readonly HttpFilterIr[];
  /** Value of the `server` response header; empty for Envoy's own. */
  readonly serverName: string;
  /** Takes the client's address from the connection instead of trusting `x-forwarded-for`. */
  readonly usesRemoteAddress: boolean;
  /** How many proxies before this one are believed about the client's address. */
  readonly trustedProxies: number;
  /** How long a connection without requests stays open; `undefined` leaves it to Envoy. */
  readonly idleTimeout: DurationMs | undefined;
  /** How the `x-forwarded-client-cert` header is made; `undefined` drops it (Envoy's default). */
  readonly clientCertificate: ClientCertificateIr | undefined;
  readonly paths: PathsIr;
  readonly limits: HttpLimitsIr;
  readonly acceptsHttp10: boolean;
  /** Accepts request lines with a whole URL, as clients of a forward proxy send them. */
  readonly acceptsAbsoluteUrls: boolean;
  /** `undefined` reports no spans. */
  readonly tracing: TracingIr | undefined;
}

/** What happens to the path of a request before routes see it. */
export interface PathsIr {
  /** Whether dot segments are resolved. */
  readonly isNormalized: boolean;
  readonly mergesSlashes: boolean;
  /** What becomes of `%2F` and `%5C`. */
  readonly escapedSlashes: 'keep' | 'reject-request' | 'decode-and-redirect' | 'decode-and-forward';
}

/** Limits of connections and requests; each that is `undefined` is Envoy's own. */
export interface HttpLimitsIr {
  readonly maxConnectionDuration: DurationMs | undefined;
  readonly maxStreamDuration: DurationMs | undefined;
  /** 0 for none. */
  readonly streamIdleTimeout: DurationMs;
  readonly requestTimeout: DurationMs | undefined;
  readonly requestHeadersTimeout: DurationMs | undefined;
  readonly drainTimeout: DurationMs | undefined;
  /** The next three concern HTTP/2 alone; windows in bytes. */
  readonly maxConcurrentStreams: number | undefined;
  readonly streamWindow: number | undefined;
  readonly connectionWindow: number | undefined;
  /** What becomes of requests that have a header with an underscore in its name. */
  readonly underscores: 'allow' | 'reject-request' | 'drop-header' | undefined;
}

/** By its own subscription under a name, or in place where it never changes without the listener. */
export type RouteSourceIr =
  { readonly by: 'name'; readonly name: string } | { readonly by: 'value'; readonly value: RouteConfigurationIr };

export interface ClientCertificateIr {
  readonly mode: 'forward-only' | 'append-forward' | 'sanitize-set' | 'always-forward-only';
  /** Whether the certificate itself is told beside subject, DNS names and URI, in modes that tell anything. */
  readonly addsCertificate: boolean;
}

/** Which side of a conversation a proxy's HTTP filter works on. */
export type TrafficSide = 'client' | 'server';

/** The closed list of HTTP filters; a new one is a row here and one in `lib/envoy/http-filters/http-filter-encoders.ts`. */
export type HttpFilterIr =
  | { readonly type: 'istio-metadata-exchange'; readonly side: TrafficSide }
  | JwtAuthnIr
  | { readonly type: 'istio-alpn' }
  | { readonly type: 'grpc-web' }
  | { readonly type: 'grpc-stats' }
  | { readonly type: 'fault' }
  | { readonly type: 'cors' }
  /** Looks up the host of a request for a cluster that is found by requests. */
  | { readonly type: 'dynamic-forward-proxy'; readonly cache: DnsCacheIr }
  | AccessFilterIr
  | AuthorizerFilterIr
  | { readonly type: 'router' };
