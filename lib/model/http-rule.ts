import type { DurationMs } from '../base/brand.ts';
import type { HostName } from '../base/host-name.ts';
import type { Labels } from '../base/labels.ts';
import type { Share } from '../base/share.ts';
import type { RuleOrigin } from './rule-origin.ts';

/** One HTTP rule of a route table: what it matches and what happens then. */
export interface HttpRule {
  readonly origin: RuleOrigin;
  readonly name: string;
  /** Alternatives; an empty list matches every request. */
  readonly matches: readonly HttpMatch[];
  readonly action: HttpAction;
  readonly requestHeaders: HeaderEdits;
  readonly responseHeaders: HeaderEdits;
  readonly fault: Fault | undefined;
  readonly cors: Cors | undefined;
}

/** All parts must hold. A StringMatch of `present` asks only that the thing is there. */
export interface HttpMatch {
  readonly name: string;
  readonly statPrefix: string;
  readonly uri: StringMatch | undefined;
  readonly ignoresUriCase: boolean;
  readonly scheme: StringMatch | undefined;
  readonly method: StringMatch | undefined;
  readonly authority: StringMatch | undefined;
  readonly headers: readonly NamedMatch[];
  readonly withoutHeaders: readonly NamedMatch[];
  readonly queryParams: readonly NamedMatch[];
  /** 0 matches every port. */
  readonly port: number;
  /** Who may use it: checked at build time against the proxy, never against the request (RT-2). */
  readonly sourceLabels: Labels;
  readonly sourceNamespace: string;
  /** `mesh` or `namespace/name`; empty means the table's own gateways. */
  readonly gateways: readonly string[];
}

export interface NamedMatch {
  readonly name: string;
  readonly match: StringMatch;
}

export type StringMatch =
  { readonly type: 'exact' | 'prefix' | 'regex'; readonly value: string } | { readonly type: 'present' };

export type HttpAction =
  | ({ readonly type: 'forward' } & Forward)
  | ({ readonly type: 'redirect' } & Redirect)
  | { readonly type: 'direct-response'; readonly status: number; readonly body: DirectBody | undefined };

export type DirectBody = { readonly text: string } | { readonly base64: string };

export interface Forward {
  readonly destinations: readonly WeightedDestination[];
  readonly rewrite: Rewrite | undefined;
  /** `undefined` means no timeout (RT-16). */
  readonly timeout: DurationMs | undefined;
  /** `undefined` follows the mesh's default (RT-24). */
  readonly retries: Retries | undefined;
  readonly mirrors: readonly Mirror[];
}

export interface Destination {
  readonly host: HostName;
  readonly subset: string;
  /** 0 when none was written (RT-21). */
  readonly port: number;
}

export interface WeightedDestination {
  readonly destination: Destination;
  readonly weight: number;
  readonly requestHeaders: HeaderEdits;
  readonly responseHeaders: HeaderEdits;
}

export interface HeaderEdits {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

export interface Rewrite {
  readonly uri: string | undefined;
  readonly uriRegex: { readonly match: string; readonly rewrite: string } | undefined;
  readonly authority: string | undefined;
}

export interface Redirect {
  readonly uri: string | undefined;
  /** Takes the place of the matched prefix; wins over `uri`. */
  readonly prefixRewrite: string | undefined;
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
  /** A port number, the listener's own port, or the scheme's default. */
  readonly port: number | 'request' | 'protocol-default' | undefined;
  /** 0 means 301. */
  readonly code: number;
}

export interface Retries {
  /** 0 or less switches retries off. */
  readonly attempts: number;
  readonly perTryTimeout: DurationMs | undefined;
  readonly retryOn: string | undefined;
  readonly backoff: DurationMs | undefined;
  readonly retriesRemoteLocalities: boolean;
  /** `undefined` keeps the default predicate (RT-25, RT-26). */
  readonly ignoresPreviousHosts: boolean | undefined;
}

export interface Mirror {
  readonly destination: Destination;
  readonly share: Share;
}

export interface Fault {
  readonly delay: { readonly duration: DurationMs; readonly share: Share } | undefined;
  readonly abort:
    | {
        readonly status: { readonly http: number } | { readonly grpc: number };
        /** `undefined` where none was written (RT-27). */
        readonly share: Share | undefined;
      }
    | undefined;
}

export interface Cors {
  readonly allowOrigins: readonly StringMatch[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAge: DurationMs | undefined;
  readonly allowsCredentials: boolean | undefined;
  readonly forwardsUnmatchedPreflights: boolean;
}
