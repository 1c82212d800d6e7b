import type { WorkloadIdentity } from '../identity/caller.ts';

/** `spiffe://cluster.local/ns/shop/sa/reviews` (CA-1). */
export function workloadName(trustDomain: string, { namespace, serviceAccount }: WorkloadIdentity): string {
  return `spiffe://${trustDomain.replaceAll('@', '.')}/ns/${namespace}/sa/${serviceAccount}`;
}
