import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type SignatureAlgorithm, type SigningKey, SigningKeyUnavailable } from '../ports/signing-keys.ts';

/** A private key that is held in memory, as a signing key. Throws SigningKeyUnavailable for a key of a kind that authorities do not have. */
export function heldSigningKey(id: string, key: KeyObject): SigningKey {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) {
    throw new SigningKeyUnavailable(id, 'it is neither on P-256 or P-384 nor an RSA key of 2048 bits or more');
  }
  const hash = algorithm === 'ecdsa-p384-sha384' ? 'sha384' : 'sha256';
  return {
    algorithm,
    publicKey: new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' })),
    sign: async (bytes) => new Uint8Array(sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' })),
  };
}

/** Reads a private key in PEM or PKCS #8; what is wrong with one is not said in the words of the library, which may quote it. */
export function readSigningKey(id: string, key: string | Uint8Array): SigningKey {
  let read: KeyObject;
  try {
    read = createPrivateKey(
      typeof key === 'string' ? key : { key: Buffer.from(key), format: 'der' as const, type: 'pkcs8' as const },
    );
  } catch {
    throw new SigningKeyUnavailable(id, 'it is no private key in PEM, or it is encrypted');
  }
  return heldSigningKey(id, read);
}

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): SignatureAlgorithm | undefined {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (type === 'rsa' && modulusLength >= 2048) return 'rsa-pkcs1-sha256';
  if (type !== 'ec') return undefined;
  if (namedCurve === 'prime256v1') return 'ecdsa-p256-sha256';
  return namedCurve === 'secp384r1' ? 'ecdsa-p384-sha384' : undefined;
}
