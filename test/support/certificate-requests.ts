import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';

export interface RequestOptions {
  readonly key?: 'P-384' | 'RSA-1024' | 'RSA-2048' | 'RSA-SHA1' | 'Ed25519';
  readonly commonName?: string;
  /** DNS names and URIs that are asked for. */
  readonly names?: readonly string[];
}

/** A certificate request in PEM such as clients of all kinds make them. */
export async function certificateRequest({ key, commonName, names = [] }: RequestOptions = {}): Promise<string> {
  const algorithm = algorithmOf(key);
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as CryptoKeyPair;
  const items = names.map((value) => ({ type: value.includes('://') ? ('url' as const) : ('dns' as const), value }));
  const csr = await Pkcs10CertificateRequestGenerator.create({
    ...{ keys, signingAlgorithm: algorithm },
    ...(commonName !== undefined && { name: [{ CN: [commonName] }] }),
    ...(items.length > 0 && { extensions: [new SubjectAlternativeNameExtension(items)] }),
  });
  return csr.toString('pem');
}

function algorithmOf(key: RequestOptions['key']): EcKeyGenParams & EcdsaParams {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', publicExponent: Uint8Array.from([1, 0, 1]) };
  const params = {
    'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    'RSA-1024': { ...rsa, modulusLength: 1024, hash: 'SHA-256' },
    'RSA-2048': { ...rsa, modulusLength: 2048, hash: 'SHA-256' },
    'RSA-SHA1': { ...rsa, modulusLength: 2048, hash: 'SHA-1' },
    Ed25519: { name: 'Ed25519' },
  }[key ?? 'P-384'];
  return params as EcKeyGenParams & EcdsaParams;
}
