import 'reflect-metadata';
import { createPrivateKey, KeyObject, sign, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { renewalText } from '../control/authority/renewal-text.ts';

/** A new key, and the request for a certificate for it. */
export interface KeyRequest {
  /** PKCS #8 in PEM; never leaves this machine. */
  readonly key: string;
  /** PKCS #10 in PEM; signed with the key, and without any name: the authority knows whom it is for. */
  readonly csr: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function newKeyRequest(): Promise<KeyRequest> {
  const pair = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  // The library names the same keys by the types of the browser.
  const keys = pair as unknown as CryptoKeyPair;
  const csr = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: ALGORITHM });
  const key = KeyObject.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, csr: csr.toString('pem') };
}

/** What a workload holds already: its certificate and key, in PEM. */
export interface HeldIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** Proof that the certificate is ours, good for this request alone and for a minute. `at` is RFC 3339. */
export function renewalOf({ certificate, key }: HeldIdentity, csr: string, at: string) {
  const signature = sign('sha256', renewalText(csr, at), createPrivateKey(key)).toString('base64');
  return { certificate, at, signature };
}
