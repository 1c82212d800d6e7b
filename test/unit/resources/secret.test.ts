import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapTrust } from '../../../lib/resources/config-map-values.ts';
import { factsOf } from '../../../lib/resources/secret-values.ts';
import { writtenValues } from '../../../lib/resources/written-values.ts';
import { foundAmong, secretFacts } from '../../../lib/resources/secret-facts.ts';
import { troublesOf } from '../../../lib/resources/secret-validity.ts';
import { parseTimestamp } from '../../../lib/base/timestamp.ts';
import { epochMs } from '../../../lib/base/brand.ts';
import { testAuthority, testPair } from '../../support/test-certificates.ts';
import { findingsOf, testFindings } from '../../support/findings.ts';

testFindings('Secret', [
  ['CS-8', { data: { a: 'not base64!' } }, 'error data.a: is no base64'],
  ['CS-8', { data: { a: 'YQ=' } }, 'error data.a: is no base64'],
  ['CS-8', { data: { a: 'YW\nI=\n' } }, 'fine'],
  ['CS-8', { data: { a: '[masked]' } }, 'fine'],
  [
    'TC-3',
    { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
    'error data["tls.key"]: a Secret of type "kubernetes.io/tls" has',
  ],
  ['TC-3', { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } }, 'fine'],
  ['CS-8', { data: { 'a/b': '' } }, 'error data["a/b"]: invalid name of a value'],
  ['CS-8', { stringData: { a: 'x'.repeat(1024 * 1024 + 1) } }, 'error : the values are too large'],
  ['CS-8', { stringData: { a: 'ü'.repeat(512 * 1024 + 1) } }, 'error : the values are too large'],
  ['CS-8', { data: { a: Buffer.alloc(1024 * 1024).toString('base64') } }, 'fine'],
  ['CS-8', { sealed: {} }, 'error sealed: unknown field'],
]);

testFindings('ConfigMap', [
  ['CS-8', { data: { a: 'x' }, binaryData: { b: 'AAE=' } }, 'fine'],
  ['CS-8', { binaryData: { b: '?' } }, 'error binaryData.b: is no base64'],
  ['CS-8', { data: { a: 'x' }, binaryData: { a: 'AAE=' } }, 'error binaryData.a: is under data as well'],
  ['CS-8', { data: { a: 'ü'.repeat(512 * 1024 + 1) } }, 'error : the values are too large'],
]);

testFindings('SecretGrant', [
  ['CS-8', { serviceAccounts: ['gateway'] }, 'fine'],
  [
    'SDS-4',
    { serviceAccounts: ['ns/gateway'] },
    'error spec.serviceAccounts[0]: "ns/gateway" is no name of a service account',
  ],
  ['CS-8', { serviceAccounts: ['a', 'a'] }, 'warning spec.serviceAccounts[1]: "a" is there already'],
]);

test('STO-9: no message quotes what stands in the place of a value', () => {
  const marker = 'marker-5551234';
  for (const spec of [
    { data: { a: marker } },
    { data: { a: 5551234 } },
    { data: { a: [marker] } },
    { data: { a: { b: marker } } },
    { data: marker },
    { stringData: { a: 5551234 } },
    { stringData: [marker] },
    { stringData: marker },
  ]) {
    const said = findingsOf('Secret', spec).join('\n');
    assert.match(said, /^error (data|stringData)/);
    assert.ok(!/5551234/.test(said), said);
  }
});

const pair = testPair({ name: 'a.example.com' });
const other = testPair({ name: 'a.example.com' });
const authority = testAuthority('authority');
const bytes = (values: Readonly<Record<string, string>>) =>
  new Map(Object.entries(values).map(([name, text]) => [name, new TextEncoder().encode(text)]));
const problemsOf = (values: Readonly<Record<string, string>>, part: 'pair' | 'trust' = 'pair') =>
  secretFacts(bytes(values))[part]?.problems.map(({ reason, message }) => `${reason} ${message}`);

test('SDS-6: cert and key win over tls.crt and tls.key where both are filled', () => {
  const tls = { 'tls.crt': pair.certificate, 'tls.key': pair.key };
  const plain = { cert: other.certificate, key: other.key };
  const names = (values: Readonly<Record<string, string>>) => {
    const { chain, key } = secretFacts(bytes(values)).pair ?? {};
    return [chain, key];
  };
  assert.deepEqual(names({ ...tls, ...plain }), ['cert', 'key']);
  assert.deepEqual(names({ ...tls, ...plain, key: '' }), ['tls.crt', 'tls.key']);
  assert.deepEqual(names(tls), ['tls.crt', 'tls.key']);
  assert.deepEqual(names({ ...tls, cert: 'x' }), ['tls.crt', 'tls.key']);
});

test('SDS-6: what is missing and what is empty are told apart, with at most three of the names found', () => {
  assert.deepEqual(problemsOf({ 'tls.crt': pair.certificate, a: '', b: '', c: '' }), [
    'MissingValue "tls.key" is missing (found "a", "b", "c" and 1 more)',
  ]);
  assert.deepEqual(problemsOf({ 'tls.crt': '', 'tls.key': pair.key }), [
    'EmptyValue "tls.crt" is empty; it needs a value in PEM (found "tls.crt", "tls.key")',
  ]);
  assert.deepEqual(problemsOf({ cacert: '' }, 'trust'), [
    'EmptyValue "cacert" is empty; it needs a value in PEM (found "cacert")',
  ]);
  assert.equal(secretFacts(bytes({ password: 'x' })).pair, undefined);
  assert.equal(foundAmong(new Map()), 'there are no values');
});

test('TC-3: authorities and revocation lists are found under the names of either form', () => {
  const crl = '-----BEGIN X509 CRL-----\nAA==\n-----END X509 CRL-----\n';
  const found = ({ trust }: ReturnType<typeof secretFacts>) => [trust?.authorities, trust?.crl, trust?.problems.length];
  const ca = authority.certificate;
  assert.deepEqual(found(secretFacts(bytes({ cacert: ca, crl, 'ca.crt': ca }))), ['cacert', 'crl', 0]);
  assert.deepEqual(found(secretFacts(bytes({ 'ca.crt': ca, 'ca.crl': crl }))), ['ca.crt', 'ca.crl', 0]);
  assert.deepEqual(found(secretFacts(bytes({ 'ca.crt': ca, 'ca.crl': 'x' }))), ['ca.crt', 'ca.crl', 1]);
  assert.equal(configMapTrust({ data: { 'ca.crt': ca + ca } })?.certificates.length, 2);
});

test('TC-3: a stapled response is taken where it may be one', () => {
  const staple = (first: number) =>
    secretFacts(
      new Map([
        ...bytes({ 'tls.crt': pair.certificate, 'tls.key': pair.key }),
        ['tls.ocsp-staple', Uint8Array.from([first])],
      ]),
    ).pair?.ocspStaple;
  assert.equal(staple(0x30), 'tls.ocsp-staple');
  assert.equal(staple(0x2d), undefined);
});

test('TC-4: whatever keeps a proxy from using a pair is told with its remedy', () => {
  const { certificate, key } = pair;
  const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n';
  const weak = testPair({ name: 'weak', keyType: 'rsa-1024' });
  for (const [chain, its, expected] of [
    [certificate, key, ''],
    [certificate + authority.certificate, key, ''],
    ['x', key, 'NotPem "tls.crt" has no certificate in PEM'],
    [
      '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
      key,
      'NotPem certificate 1 in "tls.crt" cannot be read',
    ],
    [certificate, 'x', 'NotPem "tls.key" is no private key in PEM'],
    [certificate, encrypted, 'UnusableKey "tls.key" is encrypted with a passphrase'],
    [certificate, other.key, 'KeyMismatch the private key in "tls.key" does not belong to the certificate'],
    [
      authority.certificate + certificate,
      key,
      'KeyMismatch the private key in "tls.key" belongs to certificate 2 of the chain; put',
    ],
    [weak.certificate, weak.key, 'UnusableKey the certificate has an RSA key of 1024 bits'],
  ] as const) {
    const said = problemsOf({ 'tls.crt': chain, 'tls.key': its })?.join() ?? '';
    assert.ok(expected === '' ? said === '' : said.startsWith(expected), `${said} / ${expected}`);
  }
});

test('the facts of a written Secret are those of its values, texts laid over bytes', () => {
  const spec = {
    data: { 'tls.crt': btoa('x'), 'tls.key': btoa(pair.key) },
    stringData: { 'tls.crt': pair.certificate },
  };
  assert.deepEqual(factsOf(spec).pair?.problems, []);
  assert.deepEqual([...writtenValues(spec).keys()], ['tls.crt', 'tls.key']);
});

test('a certificate that ends soon is told of: a month ahead, of a short life the last fifth', () => {
  const reasonsAt = (notBefore: string, notAfter: string, now: string) => {
    const { certificate, key } = testPair({ name: 'a', notBefore, notAfter });
    return troublesOf(secretFacts(bytes({ cert: certificate, key })), parseTimestamp(now) ?? epochMs(0)).map(
      ({ reason }) => reason,
    );
  };
  const year = ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'] as const;
  assert.deepEqual(reasonsAt(...year, '2026-12-01T00:00:00Z'), []);
  assert.deepEqual(reasonsAt(...year, '2026-12-03T00:00:00Z'), ['ExpiresSoon']);
  assert.deepEqual(reasonsAt(...year, '2027-01-01T00:00:00Z'), ['Expired']);
  assert.deepEqual(reasonsAt(...year, '2025-12-31T23:59:59Z'), ['NotYetValid']);
  const day = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] as const;
  assert.deepEqual(reasonsAt(...day, '2026-01-01T19:00:00Z'), []);
  assert.deepEqual(reasonsAt(...day, '2026-01-01T20:00:00Z'), ['ExpiresSoon']);
});
