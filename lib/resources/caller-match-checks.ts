/** What of a caller has to be so, as people write it in a WorkloadIdentityBinding and in the access file. */
interface WrittenMatch {
  readonly principal?: string;
  readonly issuer?: string;
  readonly claims?: Readonly<Record<string, string>>;
}

/** What is wrong with a match, in a sentence. Whoever writes one without a principal or a claim would mean everybody. */
export function callerMatchProblem({ principal, issuer, claims = {} }: WrittenMatch): string | undefined {
  const hasClaims = Object.keys(claims).length > 0;
  if (principal === undefined && !hasClaims) return 'says nobody: name a principal, or claims of an issuer';
  if (hasClaims && issuer === undefined) return 'has claims of no issuer; say which issuer makes them';
  if (principal !== undefined && /[*?]/.test(principal) && /^(arn|spiffe):/.test(principal)) {
    return 'has a wildcard in its principal, which is compared as it is; name each principal';
  }
  if (principal !== undefined && /^arn:aws[a-z-]*:iam::\d{12}:root$/.test(principal)) {
    return 'names an account, which nobody signs as; name a role or a user';
  }
  return undefined;
}
