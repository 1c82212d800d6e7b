import type { DurationMs } from '../base/brand.ts';
import type { IpRange } from '../base/ip-address.ts';

/** Rules about requests or connections, all of one action. */
export interface AccessRulesIr {
  /** `allow`: who matches none is refused. `deny`: who matches one is refused. `log`: who matches one is noted, and let on. */
  readonly action: 'allow' | 'deny' | 'log';
  /** Sorted by name; each name is there once. */
  readonly policies: readonly AccessPolicyIr[];
}

/** Matches who fits one of the principals and asks for what fits one of the permissions. Neither list is empty. */
export interface AccessPolicyIr {
  readonly name: string;
  readonly permissions: readonly PermissionIr[];
  readonly principals: readonly PrincipalIr[];
}

/** Conditions put together; `all` and `any` of at least one. */
type CombinedIr<Leaf> =
  | { readonly type: 'anything' }
  | { readonly type: 'all'; readonly of: readonly (Leaf | CombinedIr<Leaf>)[] }
  | { readonly type: 'any'; readonly of: readonly (Leaf | CombinedIr<Leaf>)[] }
  | { readonly type: 'not'; readonly of: Leaf | CombinedIr<Leaf> };

/** Matches a whole text; no value is empty but that of `exact`. */
export interface TextMatchIr {
  readonly type: 'exact' | 'prefix' | 'suffix' | 'regex';
  readonly value: string;
}

/** What another filter has noted: a text, or a list that holds one. */
export interface MetadataMatchIr {
  readonly type: 'metadata';
  readonly filter: string;
  readonly path: readonly string[];
  readonly value: MetadataValueIr;
}

export type MetadataValueIr =
  | { readonly type: 'text'; readonly match: TextMatchIr }
  | { readonly type: 'list'; readonly holds: MetadataValueIr }
  /** At least two. */
  | { readonly type: 'any'; readonly of: readonly MetadataValueIr[] };

export interface HeaderMatchIr {
  readonly type: 'header';
  readonly name: string;
  /** `undefined` for any value. */
  readonly match: TextMatchIr | undefined;
  readonly ignoresCase: boolean;
}

export type PermissionLeafIr =
  | HeaderMatchIr
  | MetadataMatchIr
  /** Of the path without the query. */
  | { readonly type: 'path'; readonly match: TextMatchIr }
  /** `*` stands for a segment, `**` for several. */
  | { readonly type: 'path-template'; readonly template: string }
  | { readonly type: 'destination-port'; readonly port: number }
  | { readonly type: 'destination-address'; readonly range: IpRange }
  | { readonly type: 'server-name'; readonly match: TextMatchIr };

export type PrincipalLeafIr =
  | HeaderMatchIr
  | MetadataMatchIr
  /** Of the URI in the certificate of the caller. */
  | { readonly type: 'identity'; readonly match: TextMatchIr }
  | { readonly type: 'connection-address'; readonly range: IpRange }
  /** As the proxies before this one tell it. */
  | { readonly type: 'client-address'; readonly range: IpRange };

export type PermissionIr = CombinedIr<PermissionLeafIr> | PermissionLeafIr;
export type PrincipalIr = CombinedIr<PrincipalLeafIr> | PrincipalLeafIr;

/** Decides by rules. */
export interface AccessFilterIr {
  readonly type: 'access';
  /** `undefined` for none that are carried out. */
  readonly rules: AccessRulesIr | undefined;
  /** Rules whose outcome is noted and has no effect. */
  readonly trial: AccessRulesIr | undefined;
  /** Stands before the names of what is noted; may be empty. */
  readonly trialPrefix: string;
}

/** Asks an external authorizer about what a trial noted before. */
export interface AuthorizerFilterIr {
  readonly type: 'authorizer';
  readonly cluster: string;
  /** Host name of its service. */
  readonly host: string;
  readonly timeout: DurationMs;
  readonly failsOpen: boolean;
  readonly statusOnError: number | undefined;
  readonly body: { readonly maxBytes: number; readonly allowsPart: boolean; readonly isBytes: boolean } | undefined;
  readonly clearsRouteCache: boolean;
  readonly asked: AskedIr;
  /** It is asked where the trial with `trialPrefix` noted a policy whose name begins so. */
  readonly onlyFor: string;
  readonly trialPrefix: string;
}

export type AskedIr =
  | { readonly by: 'grpc' }
  | {
      readonly by: 'http';
      readonly pathPrefix: string;
      readonly shownHeaders: readonly TextMatchIr[];
      readonly addedHeaders: readonly { readonly name: string; readonly value: string }[];
      readonly toUpstreamOnAllow: readonly TextMatchIr[];
      readonly toDownstreamOnDeny: readonly TextMatchIr[];
      readonly toDownstreamOnAllow: readonly TextMatchIr[];
    };
