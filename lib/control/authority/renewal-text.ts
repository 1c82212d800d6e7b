import { hashBytes } from '../../base/hashing.ts';

/**
 * What a workload signs with the key of the certificate that it has, to get the next one: the moment and the new certificate request, so that
 * whoever overhears it can get nothing but a certificate for a key that is not theirs.
 */
export function renewalText(csr: string, at: string): Uint8Array {
  return new TextEncoder().encode(`pilotless certificate renewal v1\n${at}\n${hashBytes(csr)}\n`);
}
