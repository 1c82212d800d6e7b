import type { SenderCertificate } from '../../base/sender.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { readSpiffeName } from './spiffe-name.ts';

/**
 * Who a client certificate is for, whose chain the front door has verified: the one workload that its one URI names, in a trust domain
 * that is believed.
 */
export function verifyCertificate(
  { trustDomains }: Pick<Access, 'trustDomains'>,
  { uris }: SenderCertificate,
): Caller | undefined {
  const [uri, ...others] = uris;
  // X509-SVID, section 2: a certificate with several URI names is none.
  if (uri === undefined || others.length > 0) return undefined;
  const name = readSpiffeName(uri);
  if (!name || !trustDomains.includes(name.trustDomain)) return undefined;
  const { trustDomain, ...workload } = name;
  return { method: 'certificate', principal: uri, issuer: trustDomain, claims: {}, workload };
}
