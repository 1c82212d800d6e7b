import 'reflect-metadata';
import { SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509';
import { fromBase64 } from '../../base/base64.ts';
import { type DurationMs, durationMs, type EpochMs } from '../../base/brand.ts';
import { chainsTo, hasSigned, pemBlocks, readCertificate } from '../../base/certificates.ts';
import { hashBytes } from '../../base/hashing.ts';
import { isMembers } from '../../base/members.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import type { WorkloadIdentity } from '../identity/caller.ts';
import { readSpiffeName } from '../identity/spiffe-name.ts';
import { ABSENT, type Authentication, type Authenticator, refusedProof } from './attestation.ts';
import type { IssuerSource } from './issuer.ts';
import { spendProof } from './spent-proofs.ts';
import { renewalText } from './renewal-text.ts';

export interface RenewalPorts {
  readonly records: Pick<Records, 'putIf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly issuer: IssuerSource;
  readonly trustDomains: () => Promise<readonly string[]>;
}

/** How old a proof may be, and by how much the clock of a workload may be ahead. */
const MAX_AGE: DurationMs = durationMs(60_000);
const MAX_AHEAD: DurationMs = durationMs(30_000);
const MAX_CHARACTERS = 64 * 1024;

/** Believes whoever has the key of a certificate that this authority has signed and that has not ended (CA-16). */
export function renewalAuthenticator(ports: RenewalPorts): Authenticator {
  return async ({ csr, attestation: { renewal } }) => {
    if (renewal === undefined) return ABSENT;
    const { certificate, at, signature } = isMembers(renewal) ? renewal : {};
    if (typeof certificate !== 'string' || typeof at !== 'string' || typeof signature !== 'string') {
      return refusedProof('the renewal lacks certificate, at or signature');
    }
    const [leaf] = certificate.length > MAX_CHARACTERS ? [] : pemBlocks(certificate, 'CERTIFICATE');
    if (leaf === undefined) return refusedProof('the renewal has no certificate');
    const bytes = fromBase64(signature);
    if (!bytes || !hasSigned(leaf, renewalText(csr, at), bytes)) {
      return refusedProof('the renewal is not signed by the key of its certificate, or for another request');
    }
    const now = ports.clock.now();
    const signedAt = parseTimestamp(at);
    if (signedAt === undefined || now - signedAt > MAX_AGE || signedAt - now > MAX_AHEAD) {
      return refusedProof('the renewal was not signed within the last minute');
    }
    return believed(ports, { leaf, now, hash: hashBytes(signature) });
  };
}

interface SignedRenewal {
  readonly leaf: string;
  readonly now: EpochMs;
  /** Of the signature. */
  readonly hash: string;
}

async function believed(ports: RenewalPorts, { leaf, now, hash }: SignedRenewal): Promise<Authentication> {
  const facts = readCertificate(leaf)?.facts;
  if (!facts || facts.isAuthority) return refusedProof('the certificate of the renewal is not one of a workload');
  const [from, until] = [parseTimestamp(facts.notBefore), parseTimestamp(facts.notAfter)];
  if (from === undefined || until === undefined || from > now || until <= now) {
    return refusedProof(`the certificate of the renewal was good until ${facts.notAfter}`);
  }
  const { signers } = await ports.issuer.current();
  if (!chainsTo([leaf], signers)) return refusedProof('the certificate of the renewal was signed by somebody else');
  const workload = workloadIn(leaf, await ports.trustDomains());
  if (!workload) return refusedProof('the certificate of the renewal names no workload of this mesh');
  const { uri, ...its } = workload;
  const spend = () => spendProof(ports, hash, durationMs(MAX_AGE + MAX_AHEAD));
  return { is: 'proven', attested: { method: 'renewal', principal: uri, workloads: [its], spend } };
}

/** The one workload that a certificate names; a certificate with several URIs is none of ours. */
function workloadIn(
  leaf: string,
  trustDomains: readonly string[],
): (WorkloadIdentity & { readonly uri: string }) | undefined {
  const names = new X509Certificate(leaf).getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  const [uri, ...others] = names.filter(({ type }) => type === 'url').map(({ value }) => value);
  const name = uri === undefined || others.length > 0 ? undefined : readSpiffeName(uri);
  if (uri === undefined || !name || !trustDomains.includes(name.trustDomain)) return undefined;
  return { uri, namespace: name.namespace, serviceAccount: name.serviceAccount };
}
