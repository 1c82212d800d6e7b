import 'reflect-metadata';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { pemBlocks } from '../../base/certificates.ts';

/** What of a certificate request counts: whose key it is, and whether its subject has a common name. Its names count for nothing (CA-3). */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly hasCommonName: boolean;
}

export type ReadRequest =
  { readonly ok: true; readonly request: CertificateRequest } | { readonly ok: false; readonly reason: string };

/** A request with an RSA key of 8192 bits and some names has about 3 KB. */
const MAX_REQUEST_CHARACTERS = 16 * 1024;

/**
 * Reads one certificate request in PEM and checks that whoever made it has the private key (CA-4), and that the key is one with which an
 * Envoy serves and that is not easily broken. The reason is a clause for the one who made the request: `its signature …`.
 */
export async function readCertificateRequest(pem: string): Promise<ReadRequest> {
  if (pem.length > MAX_REQUEST_CHARACTERS) return refused(`is longer than ${MAX_REQUEST_CHARACTERS} characters`);
  const [block, ...others] = pemBlocks(pem.replaceAll('NEW CERTIFICATE REQUEST', 'CERTIFICATE REQUEST'), LABEL);
  if (block === undefined || others.length > 0) return refused('is not one PEM block CERTIFICATE REQUEST');
  try {
    const request = new Pkcs10CertificateRequest(block);
    const problem = keyProblem(request.publicKey.algorithm) ?? hashProblem(request.signatureAlgorithm);
    if (problem !== undefined) return refused(problem);
    if (!(await request.verify())) return refused('has a signature that its own key does not verify');
    const publicKey = new Uint8Array(request.publicKey.rawData);
    const hasCommonName = request.subjectName.getField('CN').some((name) => name !== '');
    return { ok: true, request: { publicKey, hasCommonName } };
  } catch {
    // The library throws what its decoder stumbles over: offsets and tags that nobody can act on.
    return refused('cannot be decoded, or its signature cannot be checked');
  }
}

const LABEL = 'CERTIFICATE REQUEST';

const refused = (reason: string): ReadRequest => ({ ok: false, reason });

/** Source: Envoy documentation, "TLS", section on certificate selection; the upper limit keeps a signature check short. */
const [SHORTEST_RSA, LONGEST_RSA] = [2048, 8192] as const;
const curves: ReadonlySet<string> = new Set(['P-256', 'P-384', 'P-521']);

interface NamedAlgorithm {
  readonly name: string;
  readonly namedCurve?: string;
  readonly modulusLength?: number;
}

function keyProblem({ name, namedCurve = 'unknown', modulusLength = 0 }: NamedAlgorithm): string | undefined {
  if (name.startsWith('RSA')) {
    const fits = modulusLength >= SHORTEST_RSA && modulusLength <= LONGEST_RSA;
    return fits ? undefined : `has an RSA key of ${modulusLength} bits; ${SHORTEST_RSA} to ${LONGEST_RSA} are taken`;
  }
  if (name !== 'ECDSA') return 'has a key that is neither RSA nor ECDSA';
  return curves.has(namedCurve) ? undefined : 'has a key on a curve other than P-256, P-384 and P-521';
}

const hashes: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512']);

function hashProblem({ hash }: { readonly hash?: unknown }): string | undefined {
  const name = typeof hash === 'object' && hash !== null && 'name' in hash ? hash.name : hash;
  return typeof name === 'string' && hashes.has(name) ? undefined : 'is not signed with SHA-256, SHA-384 or SHA-512';
}
