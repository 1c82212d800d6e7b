import {
  pemBlocks,
  readCertificate,
  readPrivateKey,
  type CertificateFacts,
  type ReadCertificate,
} from '../base/certificates.ts';
import { quoted } from '../base/quoted.ts';

/** What may be known of the values of a Secret, or of a ConfigMap with authorities, without having them. */
export interface SecretFacts {
  /** Names of all values, sorted. */
  readonly keys: readonly string[];
  /** Absent where nothing is meant to be one. */
  readonly pair?: PairFacts;
  /** Absent where nothing is meant to be one. */
  readonly trust?: TrustFacts;
}

/** A certificate chain with its private key. */
export interface PairFacts {
  /** Names of the values that it consists of: the chain in PEM, its key in PEM, a stapled OCSP response in DER. */
  readonly chain: string;
  readonly key: string;
  readonly ocspStaple?: string;
  /** The first certificate of the chain; absent where there is none to be read. */
  readonly leaf?: CertificateFacts;
  /** Why no proxy can use it; empty where proxies can. */
  readonly problems: readonly SecretProblem[];
}

/** Authorities, by whom others are trusted. */
export interface TrustFacts {
  /** Names of the values that it consists of: certificates in PEM, revocation lists in PEM. */
  readonly authorities: string;
  readonly crl?: string;
  /** In their order; the first MAX_AUTHORITIES of them. */
  readonly certificates: readonly CertificateFacts[];
  /** Why no proxy can use it; empty where proxies can. */
  readonly problems: readonly SecretProblem[];
}

export interface SecretProblem {
  readonly reason: 'MissingValue' | 'EmptyValue' | 'NotPem' | 'UnusableKey' | 'KeyMismatch';
  /** Name of the value that it is about. */
  readonly value: string;
  /** A sentence without a full stop, that says what to do. */
  readonly message: string;
}

/** The values of a Secret by name. */
export type SecretValues = ReadonlyMap<string, Uint8Array>;

/** Names under which a pair is looked for; the first set of which there is anything wins (SDS-6). */
const pairNames = [
  { chain: 'cert', key: 'key' },
  { chain: 'tls.crt', key: 'tls.key', ocspStaple: 'tls.ocsp-staple' },
] as const;

/** Names under which authorities are looked for, in the same order. */
const trustNames = [
  { authorities: 'cacert', crl: 'crl' },
  { authorities: 'ca.crt', crl: 'ca.crl' },
] as const;

/** Of bundles the facts tell so many. */
const MAX_AUTHORITIES = 20;

/** Works out what is public about values; reads every certificate in them, and answers the same for the same bytes. */
export function secretFacts(values: SecretValues): SecretFacts {
  const [pair, trust] = [pairIn(values), trustIn(values)];
  return { keys: [...values.keys()].sort(), ...(pair && { pair }), ...(trust && { trust }) };
}

const textOf = (values: SecretValues, name: string): string => new TextDecoder().decode(values.get(name));
const isFilled = (values: SecretValues, name: string): boolean => (values.get(name)?.byteLength ?? 0) > 0;

/** SDS-6: a set of names with both values filled wins over one that is there in part. */
function pairIn(values: SecretValues): PairFacts | undefined {
  const whole = pairNames.find(({ chain, key }) => isFilled(values, chain) && isFilled(values, key));
  const begun = pairNames.find(({ chain, key }) => values.has(chain) && values.has(key));
  const names = whole ?? begun ?? pairNames.find(({ chain, key }) => values.has(chain) || values.has(key));
  if (names === undefined) return undefined;
  const { chain, key } = names;
  const lacking = [chain, key].flatMap((name) => absence(values, name));
  if (lacking.length > 0) return { chain, key, problems: lacking };
  const staple = 'ocspStaple' in names && isDer(values.get(names.ocspStaple)) ? { ocspStaple: names.ocspStaple } : {};
  return { chain, key, ...staple, ...readPair(textOf(values, chain), textOf(values, key), { chain, key }) };
}

interface PairValues {
  readonly chain: string;
  readonly key: string;
}

function readPair(
  chainText: string,
  keyText: string,
  { chain, key }: PairValues,
): Pick<PairFacts, 'leaf' | 'problems'> {
  const certificates = pemBlocks(chainText, 'CERTIFICATE').map(readCertificate);
  const [first] = certificates;
  const unreadable = certificates.findIndex((certificate) => certificate === undefined);
  const problems = [
    ...notCertificates(chain, certificates.length, unreadable),
    ...keyProblems(keyText, key, certificates),
  ];
  const weak = first?.keyProblem;
  if (weak !== undefined)
    problems.push({ reason: 'UnusableKey', value: chain, message: `the certificate has ${weak}` });
  return { ...(first && { leaf: first.facts }), problems };
}

/** What is wrong with the private key, by itself or beside the certificates. */
function keyProblems(
  text: string,
  value: string,
  certificates: readonly (ReadCertificate | undefined)[],
): readonly SecretProblem[] {
  const read = readPrivateKey(text);
  if (read.is === 'encrypted') {
    const message = `${quoted(value)} is encrypted with a passphrase; store the key without one`;
    return [{ reason: 'UnusableKey', value, message }];
  }
  if (read.is === 'unreadable') {
    const message = `${quoted(value)} is no private key in PEM; begin it with "-----BEGIN PRIVATE KEY-----"`;
    return [{ reason: 'NotPem', value, message }];
  }
  const [first] = certificates;
  if (first === undefined || first.fits(read.key)) return [];
  const place = certificates.findIndex((certificate) => certificate?.fits(read.key));
  const message =
    place > 0
      ? `the private key in ${quoted(value)} belongs to certificate ${place + 1} of the chain; put that one first`
      : `the private key in ${quoted(value)} does not belong to the certificate; upload both of one pair`;
  return [{ reason: 'KeyMismatch', value, message }];
}

function trustIn(values: SecretValues): TrustFacts | undefined {
  const names =
    trustNames.find(({ authorities }) => isFilled(values, authorities)) ??
    trustNames.find(({ authorities }) => values.has(authorities));
  if (names === undefined) return undefined;
  const { authorities, crl } = names;
  const lacking = absence(values, authorities);
  if (lacking.length > 0) return { authorities, certificates: [], problems: lacking };
  const read = pemBlocks(textOf(values, authorities), 'CERTIFICATE').map(readCertificate);
  const unreadable = read.findIndex((certificate) => certificate === undefined);
  const certificates = read
    .slice(0, MAX_AUTHORITIES)
    .flatMap((certificate) => (certificate ? [certificate.facts] : []));
  const problems = [...notCertificates(authorities, read.length, unreadable), ...crlProblems(values, crl)];
  return { authorities, ...(isFilled(values, crl) && { crl }), certificates, problems };
}

function absence(values: SecretValues, value: string): readonly SecretProblem[] {
  if (isFilled(values, value)) return [];
  if (values.has(value)) {
    const message = `${quoted(value)} is empty; it needs a value in PEM (${foundAmong(values)})`;
    return [{ reason: 'EmptyValue', value, message }];
  }
  return [{ reason: 'MissingValue', value, message: `${quoted(value)} is missing (${foundAmong(values)})` }];
}

/** SDS-6: at most three names are listed. */
export function foundAmong(values: { readonly keys: () => Iterable<string> }): string {
  const names = [...values.keys()].sort();
  if (names.length === 0) return 'there are no values';
  const more = names.length - 3;
  return `found ${names.slice(0, 3).map(quoted).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function notCertificates(value: string, count: number, unreadable: number): SecretProblem[] {
  if (count === 0) {
    const message = `${quoted(value)} has no certificate in PEM; begin each with "-----BEGIN CERTIFICATE-----"`;
    return [{ reason: 'NotPem', value, message }];
  }
  if (unreadable < 0) return [];
  return [{ reason: 'NotPem', value, message: `certificate ${unreadable + 1} in ${quoted(value)} cannot be read` }];
}

function crlProblems(values: SecretValues, crl: string): readonly SecretProblem[] {
  if (!isFilled(values, crl) || pemBlocks(textOf(values, crl), 'X509 CRL').length > 0) return [];
  const message = `${quoted(crl)} has no revocation list in PEM; begin it with "-----BEGIN X509 CRL-----"`;
  return [{ reason: 'NotPem', value: crl, message }];
}

/** Whether it may be an ASN.1 sequence at all; anything else would make Envoy refuse the pair with it. */
const isDer = (bytes: Uint8Array | undefined): boolean => bytes?.[0] === 0x30;
