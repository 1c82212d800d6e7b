import { pemBlocks, readCertificate } from './certificates.ts';

type Authorities = { readonly authorities: ReadonlyMap<string, string> } | { readonly reason: string };

/** The certificates of authorities in a PEM text, by their hash; a clause where there is anything else. */
export function readAuthorities(pem: string): Authorities {
  const blocks = pemBlocks(pem, 'CERTIFICATE');
  if (blocks.length === 0) return { reason: 'there is no certificate in PEM' };
  // A block that is cut off would be overlooked otherwise.
  if (blocks.length !== pem.split('-----BEGIN ').length - 1) return { reason: 'a PEM block is no whole certificate' };
  const authorities = new Map<string, string>();
  for (const [index, block] of blocks.entries()) {
    const facts = readCertificate(block)?.facts;
    if (!facts) return { reason: `certificate ${index + 1} cannot be decoded` };
    if (!facts.isAuthority) return { reason: `certificate ${index + 1} (${facts.subject}) is not one of an authority` };
    authorities.set(facts.sha256, block);
  }
  return { authorities };
}
