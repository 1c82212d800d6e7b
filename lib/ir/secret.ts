/**
 * One secret under the name by which proxies ask for it. No stage opens a value: the same secret makes the same bytes on every
 * machine, and none of them is worth anything without the key that the service alone has (STO-9).
 */
export type SecretIr = PairIr | TrustIr;

/** What snapshots keep of one; where it comes from is none of it. */
export type KeptSecret = Omit<PairIr, 'source'> | Omit<TrustIr, 'source'>;

/** A certificate with its key. */
export interface PairIr {
  readonly name: string;
  /** Key of the document that it comes from. */
  readonly source: string;
  readonly part: 'pair';
  readonly values: {
    readonly certificate: SecretValueIr;
    readonly key: SecretValueIr;
    /** A stapled OCSP response. */
    readonly ocspStaple?: SecretValueIr;
  };
}

/** Authorities that are trusted, and what they revoked. */
export interface TrustIr {
  readonly name: string;
  readonly source: string;
  readonly part: 'trust';
  readonly values: { readonly authorities: SecretValueIr; readonly revocations?: SecretValueIr };
}

/** Sealed for the place where it is stored, and opened when a proxy asks for it; or as it is, in base64. */
export type SecretValueIr =
  | { readonly form: 'sealed'; readonly box: string; readonly place: string }
  | { readonly form: 'plain'; readonly base64: string };
