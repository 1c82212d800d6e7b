import type { DurationMs } from '../base/brand.ts';
import type { Share } from '../base/share.ts';

/** The routes of one listener or filter chain. */
export interface RouteConfigurationIr {
  readonly name: string;
  /** Sorted by name, a catch-all last. A domain stands in one virtual host only. */
  readonly virtualHosts: readonly VirtualHostIr[];
  /** Whether the port of a request's authority is left out when domains are compared. */
  readonly ignoresPort: boolean;
  /** Longest body that a direct response may have, in bytes; `undefined` leaves Envoy's own limit. */
  readonly maxDirectBody: number | undefined;
}

/** Which hosts lead to which routes. */
export interface VirtualHostIr {
  readonly name: string;
  readonly domains: readonly string[];
  /** The first route that matches wins. */
  readonly routes: readonly RouteIr[];
  /** Plain requests are redirected to https (GW-19). */
  readonly requiresTls: boolean;
  /** Whether the server learns in a header which attempt it sees. */
  readonly countsAttempts: boolean;
}

/** One match and what happens then. */
export interface RouteIr {
  /** Empty for none. */
  readonly name: string;
  readonly match: RouteMatchIr;
  readonly action: RouteActionIr;
  /** API path of the document that it comes from, for metadata; empty for none. */
  readonly source: string;
  /** What traces call it; empty for none. */
  readonly operation: string;
  /** Empty for none. */
  readonly statPrefix: string;
  readonly requestHeaders: HeaderEditsIr;
  readonly responseHeaders: HeaderEditsIr;
  readonly fault: FaultIr | undefined;
  readonly cors: CorsIr | undefined;
}

/** All parts must hold. */
export interface RouteMatchIr {
  /** A `path-prefix` ends where a part of the path does: `/a` is one of `/a/b`, not of `/ab`. */
  readonly path: { readonly type: 'prefix' | 'path-prefix' | 'exact' | 'regex'; readonly value: string };
  /** `undefined` where nobody said so; Envoy then minds the case. */
  readonly mindsCase: boolean | undefined;
  readonly headers: readonly HeaderMatchIr[];
  readonly queryParams: readonly NamedMatchIr[];
  /** Of the caller's token, which was checked before. */
  readonly claims: readonly ClaimMatchIr[];
}

/** A claim that is a text, or a list with such a text among others. */
export interface ClaimMatchIr {
  /** The names that lead to it; more than one for a claim within a claim. */
  readonly path: readonly string[];
  readonly match: StringMatchIr;
  readonly isInverted: boolean;
}

export interface NamedMatchIr {
  readonly name: string;
  readonly match: StringMatchIr;
}

export interface HeaderMatchIr extends NamedMatchIr {
  /** The match must not hold; a missing header counts as an empty one unless the match asks for presence. */
  readonly isInverted: boolean;
}

export type StringMatchIr =
  { readonly type: 'exact' | 'prefix' | 'regex'; readonly value: string } | { readonly type: 'present' };

export type RouteActionIr =
  | ({ readonly type: 'forward' } & ForwardIr)
  | ({ readonly type: 'redirect' } & RedirectIr)
  | { readonly type: 'direct-response'; readonly status: number; readonly body: DirectBodyIr | undefined };

export type DirectBodyIr = { readonly text: string } | { readonly base64: string };

export interface ForwardIr {
  readonly target: TargetIr;
  /** 0 for none. */
  readonly timeout: DurationMs;
  /**
   * What bounds a gRPC call that names its own timeout: `route` (never longer than the route's own), or `nothing`,
   * which also lifts the bound on a stream's length.
   */
  readonly grpcTimeoutBound: 'route' | 'nothing';
  readonly retry: RetryIr | undefined;
  readonly hashKeys: readonly HashKeyIr[];
  readonly mirrors: readonly MirrorIr[];
  readonly pathRewrite: PathRewriteIr | undefined;
  /** What is answered where a cluster is not there; `undefined` leaves Envoy's own 503. */
  readonly lostStatus: 500 | undefined;
  /** What the authority becomes; `undefined` keeps the request's. */
  readonly authority: string | undefined;
}

/** One cluster, or several of which one is drawn by weight. */
export type TargetIr =
  | { readonly type: 'cluster'; readonly cluster: string }
  | { readonly type: 'weighted'; readonly clusters: readonly WeightedClusterIr[] };

export interface WeightedClusterIr {
  readonly cluster: string;
  /** At least 1. */
  readonly weight: number;
  readonly requestHeaders: HeaderEditsIr;
  readonly responseHeaders: HeaderEditsIr;
  readonly authority: string | undefined;
}

export type PathRewriteIr =
  { readonly type: 'prefix'; readonly prefix: string } | ({ readonly type: 'regex' } & PathPatternIr);

/** What a regular expression finds in the path, and what is put there; `\1` stands for the first group. */
export interface PathPatternIr {
  readonly pattern: string;
  readonly substitution: string;
}

export interface RetryIr {
  /** At least 1. */
  readonly attempts: number;
  /** Comma-separated conditions in Envoy's words. */
  readonly retryOn: string;
  readonly statusCodes: readonly number[];
  readonly perTryTimeout: DurationMs | undefined;
  readonly backoff: DurationMs | undefined;
  /** How many hosts to try in one choice before taking one that was tried already; 0 leaves Envoy's default. */
  readonly hostSelectionAttempts: number;
  readonly avoidsPreviousHosts: boolean;
  readonly triesOtherPriorities: boolean;
}

/** What consistent hashing looks at. */
export type HashKeyIr =
  | { readonly on: 'header'; readonly name: string }
  | {
      readonly on: 'cookie';
      readonly name: string;
      readonly path: string;
      readonly ttl: DurationMs | undefined;
      readonly attributes: readonly { readonly name: string; readonly value: string }[];
    }
  | { readonly on: 'query-parameter'; readonly name: string }
  | { readonly on: 'source-ip' };

export interface MirrorIr {
  readonly cluster: string;
  readonly share: Share;
}

export interface RedirectIr {
  /** Instead of the whole path, or of the part that the route's prefix matches; empty keeps the request's. */
  readonly path: string;
  readonly replaces: 'path' | 'prefix';
  /** In place of both. */
  readonly pattern: PathPatternIr | undefined;
  readonly host: string;
  /** Empty keeps the request's. */
  readonly scheme: string;
  /** 0 for none. */
  readonly port: number;
  readonly code: 301 | 302 | 303 | 307 | 308;
}

/** In the order in which they are applied. */
export interface HeaderEditsIr {
  readonly put: readonly HeaderPutIr[];
  readonly remove: readonly string[];
}

export interface HeaderPutIr {
  readonly name: string;
  readonly value: string;
  /** `set` replaces what is there, `add` appends to it. */
  readonly how: 'set' | 'add';
}

export interface FaultIr {
  readonly delay: { readonly duration: DurationMs; readonly share: Share } | undefined;
  readonly abort:
    | {
        readonly status: { readonly http: number } | { readonly grpc: number };
        /** `undefined` where no share was written: Envoy then aborts none. */
        readonly share: Share | undefined;
      }
    | undefined;
}

export interface CorsIr {
  readonly allowOrigins: readonly StringMatchIr[];
  readonly allowMethods: string;
  readonly allowHeaders: string;
  readonly exposeHeaders: string;
  /** In whole seconds. */
  readonly maxAge: string;
  readonly allowsCredentials: boolean | undefined;
  readonly forwardsUnmatchedPreflights: boolean;
}
