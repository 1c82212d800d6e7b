// The second place in lib outside the adapters that uses a Node core module: what a certificate says must be known where documents
// are checked, which is a pure function of the bytes.
import { createPrivateKey, X509Certificate, type KeyObject, verify } from 'node:crypto';
import { epochMs } from './brand.ts';
import { printTimestamp } from './timestamp.ts';

/** What is public about one certificate. */
export interface CertificateFacts {
  /** `CN=shop.example.com, O=Shop` */
  readonly subject: string;
  /** `DNS:shop.example.com`, `IP Address:10.0.0.1`, `URI:spiffe://…` */
  readonly alternativeNames: readonly string[];
  /** RFC 3339. */
  readonly notBefore: string;
  /** RFC 3339. */
  readonly notAfter: string;
  /** `RSA 2048`, `EC prime256v1`, `ED25519` */
  readonly key: string;
  /** Of the whole certificate, in lower-case hex. */
  readonly sha256: string;
  readonly isAuthority: boolean;
}

/** One certificate that could be read. */
export interface ReadCertificate {
  readonly facts: CertificateFacts;
  /** What keeps Envoy from serving with it: a clause such as `has an RSA key of 1024 bits, …`. */
  readonly keyProblem: string | undefined;
  readonly fits: (key: PrivateKey) => boolean;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
}

export type PrivateKey = KeyObject;

/** Longer chains are nobody's; a limit on what strangers send. */
const LONGEST_CHAIN = 8;

/**
 * Whether each certificate of a chain in PEM is signed by the next one, and the last by one of the roots or is one of them. Says nothing
 * about when they are good, nor about whom the first is for.
 */
export function chainsTo(chain: readonly string[], roots: readonly string[]): boolean {
  if (chain.length === 0 || chain.length > LONGEST_CHAIN) return false;
  try {
    const certificates = chain.map((pem) => new X509Certificate(pem));
    const believed = roots.map((pem) => new X509Certificate(pem));
    const isSignedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
      issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
    return certificates.every((certificate, at) => {
      const next = certificates[at + 1];
      if (next) return isSignedBy(certificate, next);
      return believed.some(
        (root) => root.fingerprint256 === certificate.fingerprint256 || isSignedBy(certificate, root),
      );
    });
  } catch {
    return false; // something among them is no certificate
  }
}

/** Whether the private key of a certificate in PEM has signed the bytes (SHA-256; ECDSA in DER, RSA with PKCS #1 padding). */
export function hasSigned(pem: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify('sha256', bytes, new X509Certificate(pem).publicKey, signature);
  } catch {
    return false; // no certificate, or a key that signs in another way
  }
}

/** The blocks of one label in a PEM text, whatever stands between them. */
export function pemBlocks(text: string, label: string): readonly string[] {
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
  return text
    .split(begin)
    .slice(1)
    .flatMap((rest) => {
      const at = rest.indexOf(end);
      return at < 0 ? [] : [`${begin}${rest.slice(0, at)}${end}\n`];
    });
}

/** Reads one PEM block; `undefined` for what is no X.509 certificate. */
export function readCertificate(pem: string): ReadCertificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { publicKey } = certificate;
    const facts: CertificateFacts = {
      subject: (certificate.subject ?? '').split('\n').join(', '),
      alternativeNames: certificate.subjectAltName?.split(', ') ?? [],
      notBefore: printTimestamp(epochMs(certificate.validFromDate.getTime())),
      notAfter: printTimestamp(epochMs(certificate.validToDate.getTime())),
      key: keyName(publicKey),
      sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      isAuthority: certificate.ca,
    };
    return {
      ...{ facts, keyProblem: keyProblem(publicKey), fits: (key) => certificate.checkPrivateKey(key) },
      publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    };
  } catch {
    return undefined;
  }
}

export type ReadKey =
  { readonly is: 'key'; readonly key: PrivateKey } | { readonly is: 'encrypted' } | { readonly is: 'unreadable' };

/** Reads a private key in PEM, in any of its usual forms. What is wrong with it is never said in the words of the library, which may quote it. */
export function readPrivateKey(pem: string): ReadKey {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) return { is: 'encrypted' };
  try {
    return { is: 'key', key: createPrivateKey(pem) };
  } catch {
    return { is: 'unreadable' };
  }
}

function keyName({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const detail = asymmetricKeyDetails?.namedCurve ?? asymmetricKeyDetails?.modulusLength;
  return [asymmetricKeyType?.toUpperCase(), detail].filter((part) => part !== undefined).join(' ');
}

/** Source: Envoy documentation, "TLS", section on certificate selection: RSA from 2,048 bits, ECDSA with P-256, P-384 or P-521. */
const servedCurves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function keyProblem({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (type === 'rsa') {
    return modulusLength >= 2048 ? undefined : `an RSA key of ${modulusLength} bits, and Envoy takes 2048 or more`;
  }
  if (type !== 'ec') return `a key of type ${type ?? 'unknown'}, and Envoy takes RSA and EC`;
  return servedCurves.has(namedCurve)
    ? undefined
    : `a key on the curve ${namedCurve}, and Envoy takes P-256, P-384 or P-521`;
}
