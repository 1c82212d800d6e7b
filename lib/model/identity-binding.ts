/** What of somebody who has proven who they are has to be so; every member that is there, and at least one is. */
export interface CallerMatch {
  /** An ARN, a SPIFFE name, the subject of a bearer token, or the name of a token of the access file. */
  readonly principal?: string;
  /** Who vouches for it: the issuer of a bearer token. */
  readonly issuer?: string;
  /** Claims of a bearer token: each is this text, or a list that has it. */
  readonly claims?: Readonly<Record<string, string>>;
}

/** Whoever matches runs as this workload. */
export interface IdentityBinding {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Any of them is enough; none means nobody. */
  readonly match: readonly CallerMatch[];
}
