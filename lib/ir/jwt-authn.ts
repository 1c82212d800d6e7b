/** Checks tokens (JWT) of requests and makes their claims known to the filters behind it. */
export interface JwtAuthnIr {
  readonly type: 'jwt-authn';
  /** By their names, in order. */
  readonly providers: readonly JwtProviderIr[];
  readonly demands: JwtDemandIr;
  /** Whether a route is chosen anew once the claims are known. */
  readonly choosesRouteAnew: boolean;
}

/** How tokens of one issuer are checked and handed on. */
export interface JwtProviderIr {
  readonly name: string;
  /** Empty takes any whose key fits. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Text of a key set; `undefined` accepts no token. */
  readonly keys: string | undefined;
  readonly headers: readonly { readonly name: string; readonly prefix: string }[];
  readonly params: readonly string[];
  readonly cookies: readonly string[];
  readonly forwardsToken: boolean;
  /** Empty for no header. */
  readonly payloadHeader: string;
  readonly claimHeaders: readonly { readonly header: string; readonly claim: string }[];
  readonly spaceDelimitedClaims: readonly string[];
}

/** What a request must show: a valid token of a provider, the lack of any, or some or all of several such things. */
export type JwtDemandIr =
  | { readonly type: 'provider'; readonly name: string }
  | { readonly type: 'missing' }
  | { readonly type: 'any' | 'all'; readonly of: readonly JwtDemandIr[] };
