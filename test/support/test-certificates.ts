import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key (PKCS #8), as PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Signs certificates for tests; whoever believes `certificate` believes those. */
export interface TestAuthority {
  readonly certificate: string;
  /** A certificate for DNS names, IPv4 addresses or URIs, the first of which is its common name too. */
  readonly issue: (...names: readonly [string, ...string[]]) => TestCertificate;
}

/**
 * An authority of its own, with P-256 keys that live as long as the test: none is stored that could run out, or that scanners
 * would find. Node makes keys and signatures but no certificates; what those hold is RFC 5280, section 4.1.
 */
export function testAuthority(name: string): TestAuthority {
  const own = keyPair('ec');
  const signed = (subject: string, publicKey: KeyObject, extension: Buffer): string =>
    certificatePem({ issuer: name, subject, publicKey, extension }, own.privateKey);
  return {
    certificate: signed(name, own.publicKey, IS_AUTHORITY),
    issue: (...names) => {
      const { publicKey, privateKey } = keyPair('ec');
      return { certificate: signed(names[0], publicKey, alternativeNames(names)), key: keyPem(privateKey) };
    },
  };
}

export interface OwnCertificate {
  /** Its common name and its one DNS name. */
  readonly name: string;
  /** RFC 3339, at most in 2049; from 2020 to 2049 without them. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly keyType?: KeyType;
}

/** A certificate that nobody signed but its own key. */
export function testPair({ name, keyType = 'ec', ...period }: OwnCertificate): TestCertificate {
  const { publicKey, privateKey } = keyPair(keyType);
  const contents = { issuer: name, subject: name, publicKey, extension: alternativeNames([name]), ...period };
  return { certificate: certificatePem(contents, privateKey), key: keyPem(privateKey) };
}

type KeyType = 'ec' | 'rsa-1024';

const keyPair = (type: KeyType): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 1024 });

const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

interface Contents {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly extension: Buffer;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

function certificatePem(contents: Contents, signer: KeyObject): string {
  const { notBefore = '2020-01-01T00:00:00Z', notAfter = '2049-01-01T00:00:00Z' } = contents;
  const algorithm = sequence(signer.asymmetricKeyType === 'ec' ? ECDSA_WITH_SHA256 : RSA_WITH_SHA256);
  const toSign = sequence(
    node(0xa0, node(0x02, Buffer.from([2]))), // version 3
    node(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName(contents.issuer),
    sequence(utcTime(notBefore), utcTime(notAfter)),
    commonName(contents.subject),
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    node(0xa3, sequence(contents.extension)),
  );
  const body = sequence(toSign, algorithm, bits(sign('sha256', toSign, signer))).toString('base64');
  const lines = body.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** One element of DER: tag, length and contents. */
function node(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), body]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => node(0x30, ...contents);
const objectId = (...bytes: readonly number[]): Buffer => node(0x06, Buffer.from(bytes));
const bits = (body: Buffer): Buffer => node(0x03, Buffer.from([0]), body);

/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
/** 1.2.840.113549.1.1.11, whose parameters are null. */
const RSA_WITH_SHA256 = Buffer.concat([objectId(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), node(0x05)]);
/** Basic constraints (2.5.29.19), critical: an authority. */
const IS_AUTHORITY = sequence(
  objectId(0x55, 0x1d, 0x13),
  node(0x01, Buffer.from([0xff])),
  node(0x04, sequence(node(0x01, Buffer.from([0xff])))),
);

/** A URI, an IPv4 address, or else a DNS name. */
function alternativeName(name: string): Buffer {
  if (name.includes('://')) return node(0x86, Buffer.from(name));
  if (/^[\d.]+$/.test(name)) return node(0x87, Buffer.from(name.split('.').map(Number)));
  return node(0x82, Buffer.from(name));
}

/** Subject alternative names (2.5.29.17). */
function alternativeNames(names: readonly string[]): Buffer {
  return sequence(objectId(0x55, 0x1d, 0x11), node(0x04, sequence(...names.map(alternativeName))));
}

/** 2.5.4.3 */
function commonName(name: string): Buffer {
  return sequence(node(0x31, sequence(objectId(0x55, 0x04, 0x03), node(0x0c, Buffer.from(name)))));
}

/** YYMMDDHHMMSSZ */
const utcTime = (moment: string): Buffer => node(0x17, Buffer.from(`${moment.replace(/[-:T]/g, '').slice(2, 14)}Z`));
