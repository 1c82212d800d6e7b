import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate in PEM with its private key (PKCS #8). */
export interface TestPair {
  readonly certificate: string;
  readonly key: string;
}

export interface TestAuthority extends TestPair {
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface CertificateWish {
  readonly name: string;
  /** DNS names; the name alone without any. */
  readonly dnsNames?: readonly string[];
  /** `spiffe://…` */
  readonly uris?: readonly string[];
  /** RFC 3339; from 2020 to 2049 without them. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly keyType?: 'ec' | 'rsa-1024' | 'rsa-2048' | 'ed25519';
  /** Who signs; the certificate itself without one. */
  readonly issuer?: TestAuthority;
}

/** Makes a certificate and its key: tests bring none along, because those expire and are looked for by scanners. */
export function testPair(wish: CertificateWish): TestPair {
  const { certificate, key } = made(wish, false);
  return { certificate, key };
}

/** An authority that signs certificates of a test. */
export const testAuthority = (wish: CertificateWish): TestAuthority => made(wish, true);

function made(wish: CertificateWish, isAuthority: boolean): TestAuthority {
  const { name, issuer, keyType = 'ec' } = wish;
  const { publicKey, privateKey } = keyPair(keyType);
  const signer = issuer?.privateKey ?? privateKey;
  const signed = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(serialOf(publicKey)),
    algorithmOf(signer),
    nameOf(issuer?.name ?? name),
    sequence(time(wish.notBefore ?? '2020-01-01T00:00:00Z'), time(wish.notAfter ?? '2049-01-01T00:00:00Z')),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions(wish, isAuthority))),
  );
  const hash = signer.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const der = sequence(signed, algorithmOf(signer), bitString(sign(hash, signed, signer)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { certificate, key, name, privateKey };
}

function keyPair(type: NonNullable<CertificateWish['keyType']>): { publicKey: KeyObject; privateKey: KeyObject } {
  if (type === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (type === 'ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: type === 'rsa-1024' ? 1024 : 2048 });
}

/** Positive, and another for each key. */
function serialOf(publicKey: KeyObject): Buffer {
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
  return Buffer.concat([Buffer.from([1]), digest.subarray(0, 15)]);
}

function extensions({ name, dnsNames = [name], uris = [] }: CertificateWish, isAuthority: boolean): readonly Buffer[] {
  const names = [
    ...dnsNames.map((dns) => tagged(0x82, Buffer.from(dns))),
    ...uris.map((uri) => tagged(0x86, Buffer.from(uri))),
  ];
  const isTrue = tagged(0x01, Buffer.from([0xff]));
  return [
    sequence(oid('551d13'), isTrue, octets(sequence(...(isAuthority ? [isTrue] : [])))),
    ...(isAuthority ? [] : [sequence(oid('551d11'), octets(sequence(...names)))]),
  ];
}

function algorithmOf({ asymmetricKeyType }: KeyObject): Buffer {
  if (asymmetricKeyType === 'ed25519') return sequence(oid('2b6570'));
  if (asymmetricKeyType === 'ec') return sequence(oid('2a8648ce3d040302'));
  return sequence(oid('2a864886f70d01010b'), tagged(0x05, Buffer.alloc(0)));
}

const nameOf = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(name)))));

/** UTCTime up to 2049, as the standard wants it. */
const time = (moment: string): Buffer => tagged(0x17, Buffer.from(`${moment.replace(/[-:T]/g, '').slice(2, 14)}Z`));

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const context = (number: number, content: Buffer): Buffer => tagged(0xa0 + number, content);
const integer = (content: Buffer): Buffer => tagged(0x02, content);
const octets = (content: Buffer): Buffer => tagged(0x04, content);
const bitString = (content: Buffer): Buffer => tagged(0x03, Buffer.concat([Buffer.alloc(1), content]));
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
