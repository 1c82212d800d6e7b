import type { CallerMatch } from '../../model/identity-binding.ts';
import type { AuthoritySettings } from '../authority/authority-settings.ts';
import type { WorkloadIdentity } from './caller.ts';

/** Whose proofs are believed, and who may do what with the API: the access file, read and checked. */
export interface Access {
  /** Marks the prepared form (`pilotless access`): the one that functions take without checking it again. */
  readonly format: typeof ACCESS_FORMAT;
  readonly issuers: readonly BelievedIssuer[];
  /** Of SPIFFE names: client certificates (and subjects of tokens that are such names) of other trust domains are not believed. */
  readonly trustDomains: readonly string[];
  readonly iam: BelievedIam;
  readonly tokens: readonly BelievedToken[];
  readonly roles: readonly GrantedRole[];
  /** What the certificate authority gives to whom it believes. */
  readonly authority: AuthoritySettings;
  /** Whether `/metrics` is told to whoever reaches the address. */
  readonly hasOpenMetrics: boolean;
}

export const ACCESS_FORMAT = 'pilotless-access-v1';

/** Signature algorithms that a token may have: all with a public key, so that whoever verifies cannot sign. */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** An issuer of bearer tokens (OIDC, JWT). */
export interface BelievedIssuer {
  /** As its tokens say it, letter for letter. */
  readonly issuer: string;
  /** A token must be for one of them. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly TokenAlgorithm[];
  readonly keys: IssuerKeys;
  /** What its subjects are: words of its own, `system:serviceaccount:NAMESPACE:NAME`, or SPIFFE names. */
  readonly subjects: 'opaque' | 'kubernetes' | 'spiffe';
}

/** Where the keys of an issuer are: in the access file, at a URL, or where its discovery document says. */
export type IssuerKeys =
  | { readonly from: 'file'; readonly keys: readonly Readonly<Record<string, unknown>>[] }
  | { readonly from: 'url'; readonly url: string }
  | { readonly from: 'discovery' };

/** IAM of AWS: requests that a front door verified, and signed `sts:GetCallerIdentity` requests. */
export interface BelievedIam {
  /** Account numbers; of other accounts nobody is believed. */
  readonly accounts: readonly string[];
  /** Regions whose STS is asked about signed requests; none believes no signed request. */
  readonly regions: readonly string[];
  /** What a signed request must be for: it carries it in a signed header. */
  readonly audience: string;
}

/** A token that does not expire, of which only the hash is written down. */
export interface BelievedToken {
  readonly name: string;
  /** SHA-256 in lower-case hex of the token. */
  readonly sha256: string;
  /** What runs with it, for tokens of proxies. */
  readonly workload?: WorkloadIdentity;
}

export interface GrantedRole {
  readonly role: 'reader' | 'editor' | 'admin';
  /** What an editor may write to; empty for the others. */
  readonly namespaces: readonly string[];
  /** Whether it may write Secrets, and what decides who gets them. */
  readonly mayWriteSecrets: boolean;
  /** Any of them is enough. */
  readonly match: readonly CallerMatch[];
}
