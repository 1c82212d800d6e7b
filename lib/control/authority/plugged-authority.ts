import { type EpochMs, epochMs } from '../../base/brand.ts';
import { chainsTo, pemBlocks, readCertificate } from '../../base/certificates.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { SigningKey } from '../../ports/signing-keys.ts';
import type { Issuer, IssuerSource } from './issuer.ts';
import { trustBundle } from './trust-bundle.ts';

/** An authority that somebody else made for us: usually an intermediate below a company's root. */
export interface PluggedAuthority {
  /** PEM: the certificate that signs, then those between it and the root. */
  readonly certificates: string;
  /** PEM: the root that the chain ends at, and further ones that proxies are to believe. */
  readonly roots: string;
  readonly key: SigningKey;
}

export type CheckedAuthority =
  { readonly ok: true; readonly source: IssuerSource } | { readonly ok: false; readonly reason: string };

/**
 * Checks that the authority can sign (CA-12): its certificate is one of an authority, belongs to the key, has not ended, and leads to a root.
 * The reason is a sentence for the operator.
 */
export function pluggedAuthority({ certificates, roots, key }: PluggedAuthority, now: EpochMs): CheckedAuthority {
  const chain = pemBlocks(certificates, 'CERTIFICATE');
  const [signing] = chain;
  const read = signing === undefined ? undefined : readCertificate(signing);
  if (signing === undefined || read === undefined) return refused('has no certificate in PEM');
  const { facts, publicKey } = read;
  if (!facts.isAuthority) return refused('signs with a certificate that is not one of an authority (CA:TRUE)');
  if (!isSame(publicKey, key.publicKey)) return refused('has a key that does not belong to its certificate');
  const bundle = trustBundle([{ name: 'roots', pem: roots }]);
  const [rejected] = bundle.rejected;
  if (rejected) return refused(`has roots that cannot be used: ${rejected.reason}`);
  if (!chainsTo(chain, bundle.roots)) return refused('has a chain that does not lead to one of its roots');
  const ended = chain.find((pem) => (endOf(pem) ?? 0) <= now);
  if (ended !== undefined) return refused(`has a certificate that ended on ${readCertificate(ended)?.facts.notAfter}`);
  const notAfter = epochMs(Math.min(...chain.map((pem) => endOf(pem) ?? 0)));
  const rootHashes = new Set(bundle.roots.map((root) => readCertificate(root)?.facts.sha256));
  const issuer: Issuer = {
    signer: { certificate: signing, key },
    ...{ notAfter, roots: bundle.roots, signers: [signing] },
    intermediates: chain.filter((pem) => !rootHashes.has(readCertificate(pem)?.facts.sha256)),
  };
  return { ok: true, source: { current: async () => issuer } };
}

const refused = (reason: string): CheckedAuthority => ({
  ok: false,
  reason: `the authority that is plugged in ${reason}`,
});

const endOf = (pem: string): EpochMs | undefined => parseTimestamp(readCertificate(pem)?.facts.notAfter ?? '');

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.byteLength === other.byteLength && one.every((byte, at) => byte === other[at]);
