import type { ResourceKey } from '../resources/resource.ts';

/** A Secret, or a ConfigMap with authorities, as far as TLS has a use for it. */
export interface TlsSecret {
  readonly source: ResourceKey;
  /** The certificate by which a proxy proves itself, with its key. */
  readonly pair: TlsPart<PairValues>;
  /** The authorities that it trusts. */
  readonly trust: TlsPart<TrustValues>;
}

/** What proxies are given as a part, and why not, or why not what was written last; `problem` is empty where nothing is wrong. */
export type TlsPart<Values> =
  | { readonly state: 'served'; readonly values: Values; readonly problem: string }
  | { readonly state: 'missing'; readonly problem: string };

export interface PairValues {
  readonly certificate: SecretValue;
  readonly key: SecretValue;
  readonly ocspStaple?: SecretValue;
}

export interface TrustValues {
  readonly authorities: SecretValue;
  readonly revocations?: SecretValue;
}

/** One value: encrypted for the place where it is stored, or as it is, in base64, where it is public or never stored. */
export type SecretValue =
  | { readonly form: 'sealed'; readonly box: string; readonly place: string }
  | { readonly form: 'plain'; readonly base64: string };
