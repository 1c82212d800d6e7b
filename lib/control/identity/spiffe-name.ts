import type { WorkloadIdentity } from './caller.ts';

/** A SPIFFE name of a workload: `spiffe://cluster.local/ns/shop/sa/reviews`. */
export interface SpiffeName extends WorkloadIdentity {
  readonly trustDomain: string;
}

/**
 * Reads the SPIFFE name of a workload as Istio's certificates have it; `undefined` for every other URI, and for one that could be read in
 * two ways: no percent-encoding, no user, no port, no query.
 * Source: SPIFFE-ID, sections 2.1 and 2.2; Istio "Security", section on identity.
 */
export function readSpiffeName(uri: string): SpiffeName | undefined {
  const [, trustDomain, namespace, serviceAccount] = NAME.exec(uri) ?? [];
  if (trustDomain === undefined || namespace === undefined || serviceAccount === undefined) return undefined;
  return { trustDomain, namespace, serviceAccount };
}

const NAME =
  /^spiffe:\/\/([a-z0-9._-]{1,255})\/ns\/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/sa\/([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)$/;
