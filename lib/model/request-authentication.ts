import type { AttachedPolicy } from './policy-attachment.ts';

/** Whose tokens requests to some workloads may carry. */
export interface RequestAuthentication extends AttachedPolicy {
  readonly rules: readonly JwtRule[];
}

/** How the tokens of one issuer are checked, with the keys for that. */
export interface JwtRule {
  /** Empty takes any whose key fits. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Text of a key set that Envoy can use; `undefined` where there is none, and then no token is valid (JWKS-4, JWKS-7). */
  readonly keys: string | undefined;
  readonly places: TokenPlaces;
  readonly forwardsToken: boolean;
  /** Empty for no header. */
  readonly payloadHeader: string;
  readonly claimHeaders: readonly ClaimHeader[];
  /** Sorted, each once. */
  readonly spaceDelimitedClaims: readonly string[];
  readonly isRequired: boolean;
}

/** Where a token may stand; all of them empty for Envoy's own places (RA-4). */
export interface TokenPlaces {
  readonly headers: readonly { readonly name: string; readonly prefix: string }[];
  readonly params: readonly string[];
  readonly cookies: readonly string[];
}

export interface ClaimHeader {
  readonly header: string;
  readonly claim: string;
}
