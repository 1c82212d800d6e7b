import type { DurationMs } from '../base/brand.ts';

/** An external authorizer as the mesh's extensionProviders describe it. */
export interface AuthorizerSettings {
  readonly name: string;
  /** Host name of its service, or `namespace/host`. */
  readonly service: string;
  readonly port: number;
  /** How long the proxy waits for its answer. */
  readonly timeout: DurationMs;
  /** Whether requests are let in while it cannot be asked. */
  readonly failsOpen: boolean;
  /** Status of the answer when it cannot be asked; `undefined` for Envoy's 403. */
  readonly statusOnError: number | undefined;
  /** How much of the body it is shown; `undefined` for nothing. */
  readonly body: AuthorizerBody | undefined;
  /** Whether the route is chosen again after it has changed the request. */
  readonly clearsRouteCache: boolean;
  readonly asked: AskedByHttp | { readonly by: 'grpc' };
  /** Why it cannot be used; `undefined` for one that can. */
  readonly problem: string | undefined;
}

export interface AuthorizerBody {
  readonly maxBytes: number;
  /** Whether it is shown the first part of a longer body, which is refused otherwise. */
  readonly allowsPart: boolean;
  readonly isBytes: boolean;
}

export interface AskedByHttp {
  readonly by: 'http';
  /** Stands before the path of each request that it is asked about. */
  readonly pathPrefix: string;
  /** Names of headers, each with a `*` in front or at the end, or whole. */
  readonly shownHeaders: readonly string[];
  /** Sorted by name. */
  readonly addedHeaders: readonly { readonly name: string; readonly value: string }[];
  readonly toUpstreamOnAllow: readonly string[];
  readonly toDownstreamOnDeny: readonly string[];
  readonly toDownstreamOnAllow: readonly string[];
}
