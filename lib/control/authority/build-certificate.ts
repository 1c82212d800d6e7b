import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type EpochMs, epochMs } from '../../base/brand.ts';
import { calendarDate } from '../../base/timestamp.ts';
import type { SignatureAlgorithm, SigningKey } from '../../ports/signing-keys.ts';
import type { AlternativeName } from './alternative-names.ts';

/** What stands in every certificate, whoever it is for. */
interface Validity {
  /** 128 random bits. */
  readonly serial: Uint8Array;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
}

export interface LeafPlan extends Validity {
  /** SubjectPublicKeyInfo in DER, of the workload. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly names: readonly AlternativeName[];
  readonly commonName?: string;
}

/** Who signs: its certificate in PEM and the key that belongs to it. */
export interface Signer {
  readonly certificate: string;
  readonly key: SigningKey;
}

/** A certificate in PEM, one block, and its serial number in hex. */
export interface BuiltCertificate {
  readonly pem: string;
  readonly serial: string;
}

/** A certificate for a workload, for both ends of a connection (CA-6). */
export async function buildLeaf(plan: LeafPlan, signer: Signer): Promise<BuiltCertificate> {
  const issuer = new X509Certificate(signer.certificate);
  const names = new SubjectAlternativeNameExtension([...plan.names], plan.commonName === undefined);
  const extensions = [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new BasicConstraintsExtension(false, undefined, true),
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    names,
  ];
  const subject = plan.commonName === undefined ? new Name([]) : new Name([{ CN: [plan.commonName] }]);
  return signed({ ...plan, subject, issuer: issuer.subjectName, extensions }, signer.key);
}

export interface RootPlan extends Validity {
  /** `cluster.local` */
  readonly organization: string;
}

/** The certificate of a root, signed by its own key. */
export async function buildRoot(plan: RootPlan, key: SigningKey): Promise<BuiltCertificate> {
  const publicKey = new PublicKey(new Uint8Array(key.publicKey));
  const name = new Name([{ O: [plan.organization] }, { CN: [`Pilotless root ${hex(plan.serial).slice(0, 8)}`] }]);
  const extensions = [
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    new BasicConstraintsExtension(true, undefined, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
  const contents = { ...plan, publicKey: new Uint8Array(key.publicKey), subject: name, issuer: name, extensions };
  return signed(contents, key);
}

interface Contents extends Validity {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly subject: Name;
  readonly issuer: Name;
  readonly extensions: Extension[];
}

async function signed(contents: Contents, key: SigningKey): Promise<BuiltCertificate> {
  const { publicKey, subject, issuer, extensions, serial } = contents;
  const certificate = await X509CertificateGenerator.create(
    {
      ...{ publicKey, subject, issuer, extensions },
      serialNumber: hex(positive(serial)),
      notBefore: calendar(contents.notBefore),
      notAfter: calendar(contents.notAfter),
      signingAlgorithm: algorithms[key.algorithm],
      // The library adds what the key says of itself, and that is nothing: the key is elsewhere.
      signingKey: { algorithm: {} } as CryptoKey,
    },
    signingWith(key),
  );
  return { pem: `${certificate.toString('pem')}\n`, serial: certificate.serialNumber };
}

/** What the library has sign: it knows keys of the Web Crypto API only, and asks it for one signature. */
function signingWith(key: SigningKey): Crypto {
  const sign = async (_algorithm: unknown, _key: unknown, bytes: BufferSource): Promise<ArrayBuffer> =>
    new Uint8Array(await key.sign(bytesOf(bytes))).buffer;
  return { subtle: { sign } } as unknown as Crypto;
}

const bytesOf = (bytes: BufferSource): Uint8Array =>
  ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);

const algorithms: Readonly<Record<SignatureAlgorithm, EcdsaParams & { readonly namedCurve?: string }>> = {
  'ecdsa-p256-sha256': { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
  'ecdsa-p384-sha384': { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' },
  'rsa-pkcs1-sha256': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};

/** A serial number is a positive number: the first bit is no sign, and the first byte is not left out. */
const positive = (serial: Uint8Array): Uint8Array => serial.map((byte, at) => (at === 0 ? (byte & 0x7f) | 0x40 : byte));

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Certificates know whole seconds. */
const calendar = (moment: EpochMs): Date => calendarDate(epochMs(Math.floor(moment / 1000) * 1000));
