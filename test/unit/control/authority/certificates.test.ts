import 'reflect-metadata';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { X509Certificate as PeculiarCertificate } from '@peculiar/x509';
import { alternativeNames } from '../../../../lib/control/authority/alternative-names.ts';
import { newKeyRequest, renewalOf } from '../../../../lib/cli/identity-request.ts';
import { type SigningKeys, SigningKeyUnavailable } from '../../../../lib/ports/signing-keys.ts';
import { memorySigningKeys } from '../../../../lib/adapters/memory/memory-signing-keys.ts';
import { hours, HOUR, testAuthority } from '../../../support/authority.ts';
import { certificateRequest } from '../../../support/certificate-requests.ts';
import { testStart } from '../../../support/config-store.ts';

const REVIEWS = 'spiffe://cluster.local/ns/shop/sa/reviews';

async function issued(options: Parameters<typeof testAuthority>[0] = {}, ask: object = {}) {
  const mesh = testAuthority(options);
  const { csr, key } = await newKeyRequest();
  const answer = await mesh.ask({ csr, attestation: { joinToken: await mesh.joinToken() }, ...ask });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const [leaf = '', ...others] = answer.body.certificateChain ?? [];
  return { ...mesh, answer, leaf, others, key, read: new X509Certificate(leaf) };
}

test('CA-1: an identity is spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT, in the trust domain of the mesh', async () => {
  assert.equal((await issued()).answer.body.identity, REVIEWS);
  const { answer, read } = await issued({ meshConfig: { trustDomain: 'prod.example.com' } });
  assert.equal(answer.body.identity, 'spiffe://prod.example.com/ns/shop/sa/reviews');
  assert.equal(read.subjectAltName, 'URI:spiffe://prod.example.com/ns/shop/sa/reviews');
});

test('CA-3: names that a request asks for count for nothing, its key alone does', async () => {
  const csr = await certificateRequest({
    commonName: 'admin',
    names: ['spiffe://cluster.local/ns/bank/sa/vault', 'x.y'],
  });
  const { read, answer } = await issued({}, { csr });
  assert.equal(read.subjectAltName, `URI:${REVIEWS}`);
  assert.equal(answer.body.identity, REVIEWS);
  assert.ok(!read.toString().includes('vault'));
});

test('CA-3: who asks for a common name has its identity as one, where it is short enough', async () => {
  assert.equal((await issued()).read.subject, undefined);
  const csr = await certificateRequest({ commonName: 'admin' });
  assert.equal((await issued({}, { csr })).read.subject, `CN=${REVIEWS}`);
  const long = await issued({ meshConfig: { trustDomain: 'a-trust-domain-with-a-long-name.example.com' } }, { csr });
  assert.equal(long.read.subject, undefined);
});

test('CA-6: a leaf is for both ends of connections, no authority, and good from two minutes ago on', async () => {
  const { leaf, read } = await issued();
  assert.equal(read.ca, false);
  assert.deepEqual(read.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  assert.equal(read.validFromDate.getTime(), testStart - 2 * 60_000);
  const extensions = new PeculiarCertificate(leaf).extensions;
  const named = (oid: string) => extensions.find(({ type }) => type === oid);
  // 0x05: the first and the third bit, digital signature and key encipherment, and five bits that are not there.
  assert.deepEqual([...new Uint8Array(named('2.5.29.15')?.value ?? new ArrayBuffer())], [3, 2, 5, 0xa0]);
  assert.ok(named('2.5.29.19'), 'basic constraints are there');
});

test('CA-6: serial numbers have 128 bits, and no two are the same', async () => {
  const serials = await Promise.all(Array.from({ length: 5 }, async () => (await issued()).read.serialNumber));
  for (const serial of serials) assert.match(serial, /^[0-9A-F]{32}$/);
  assert.equal(new Set(serials).size, serials.length);
});

test('CA-7: names become URIs, addresses or DNS names, and commas part them', () => {
  assert.deepEqual(
    alternativeNames(['spiffe://a/ns/b/sa/c,10.0.0.1', '2001:db8::1', ' x.example.com ,y.example.com,']),
    [
      { type: 'url', value: 'spiffe://a/ns/b/sa/c' },
      { type: 'ip', value: '10.0.0.1' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'dns', value: 'x.example.com' },
      { type: 'dns', value: 'y.example.com' },
    ],
  );
});

test('CA-8: the answer is the leaf, then all roots in one text, each PEM ending with a line break', async () => {
  const { leaf, others, answer, read } = await issued();
  assert.equal(others.length, 1);
  assert.match(leaf, /^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
  const root = new X509Certificate(others[0] ?? '');
  assert.ok(read.checkIssued(root) && read.verify(root.publicKey));
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

const lifetimeHours = ({ read }: { read: X509Certificate }) => (read.validToDate.getTime() - testStart) / HOUR;

test('CA-5: without a ttl, or with one of 0 or less, a certificate is good for 24 hours; 90 days are the most', async () => {
  for (const ask of [{}, { ttl: 0 }, { ttl: -5 }]) assert.equal(lifetimeHours(await issued({}, ask)), 24);
  assert.equal(lifetimeHours(await issued({}, { ttl: 3600 })), 1);
  assert.equal(lifetimeHours(await issued({}, { ttl: 90 * 24 * 3600 })), 90 * 24);
});

test('CA-5: no certificate outlives the one that signs it, and one that has ended signs nothing', async () => {
  const settings = { rootLifetime: hours(10), rotationCheck: hours(-1), maxTtl: hours(2), rotationGrace: 0 };
  const { clock, ask, joinToken, authority } = await issued({ settings });
  clock.advance(9.5 * HOUR);
  const late = await ask({
    csr: (await newKeyRequest()).csr,
    ttl: 7200,
    attestation: { joinToken: await joinToken() },
  });
  assert.equal(lifetimeHours({ read: new X509Certificate(late.body.certificateChain?.[0] ?? '') }), 10);
  clock.advance(HOUR);
  const ended = await ask({ csr: (await newKeyRequest()).csr, attestation: { joinToken: await joinToken() } });
  assert.deepEqual([ended.status, ended.body.code], [500, 'CA_NOT_READY']);
  // The next look at the roots makes one that signs at once: nothing is left that would have to be told first.
  await authority.tend();
  const again = await ask({ csr: (await newKeyRequest()).csr, attestation: { joinToken: await joinToken() } });
  assert.equal(again.status, 200);
});

test('CA-4: a ttl above the longest is refused as TTL_ERROR, and does not use up the token', async () => {
  const { ask, joinToken } = testAuthority({ settings: { maxTtl: hours(1) } });
  const [joined, { csr }] = [await joinToken(), await newKeyRequest()];
  for (const ttl of [3601, 'an hour', {}]) {
    const { status, body } = await ask({ csr, ttl, attestation: { joinToken: joined } });
    assert.deepEqual([status, body.code], [400, 'TTL_ERROR']);
  }
  assert.equal((await ask({ csr, ttl: 3600, attestation: { joinToken: joined } })).status, 200);
});

const brokenRequests: readonly (readonly [string, () => Promise<string>])[] = [
  ['no PEM', async () => 'AAAA'],
  ['an empty block', async () => '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n'],
  ['two requests', async () => (await newKeyRequest()).csr + (await newKeyRequest()).csr],
  ['a changed signature', async () => changed((await newKeyRequest()).csr, -10)],
  ['a changed key', async () => changed((await newKeyRequest()).csr, 60)],
  ['too long a text', async () => (await newKeyRequest()).csr + ' '.repeat(20_000)],
  ['an RSA key of 1024 bits', () => certificateRequest({ key: 'RSA-1024' })],
  ['an Ed25519 key', () => certificateRequest({ key: 'Ed25519' })],
  ['a signature with SHA-1', () => certificateRequest({ key: 'RSA-SHA1' })],
];

/** The request with one byte changed, counted from the beginning or the end of its DER. */
function changed(csr: string, at: number): string {
  const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const index = at < 0 ? der.length + at : at;
  der[index] = (der[index] ?? 0) ^ 1;
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}

for (const [what, make] of brokenRequests) {
  test(`CA-4: a request with ${what} is refused as CSR_ERROR, and the token is still good`, async () => {
    const { ask, joinToken, log, metrics } = testAuthority();
    const attestation = { joinToken: await joinToken() };
    const { status, body } = await ask({ csr: await make(), attestation });
    assert.deepEqual([status, body.code], [400, 'CSR_ERROR']);
    assert.match(body.message ?? '', /^the certificate request /);
    assert.equal(log.fieldsOf('certificate-refused').length, 1);
    assert.match(await metrics(), /^citadel_server_csr_parsing_err_count 1$/m);
    assert.equal((await ask({ csr: (await newKeyRequest()).csr, attestation })).status, 200);
  });
}

test('requests with keys of all kinds that Envoy serves with are signed', async () => {
  for (const key of ['P-384', 'RSA-2048'] as const) await issued({}, { csr: await certificateRequest({ key }) });
});

test('CA-4: an authority whose key cannot be used answers CA_NOT_READY, and says why in its log alone', async () => {
  const held = memorySigningKeys();
  const keys: SigningKeys = {
    ...held,
    open: async (id) => Promise.reject(new SigningKeyUnavailable(id, 'a planted fault')),
  };
  const healthy = await issued({ keys: held });
  const { records } = healthy.ports;
  const broken = testAuthority({ keys, records });
  const answer = await broken.ask({
    csr: (await newKeyRequest()).csr,
    attestation: { joinToken: await broken.joinToken() },
  });
  assert.deepEqual([answer.status, answer.body.code], [500, 'CA_NOT_READY']);
  assert.ok(!JSON.stringify(answer.body).includes('planted'));
  assert.match(JSON.stringify(broken.log.fieldsOf('certificate-refused')), /planted fault/);
  assert.match(await broken.metrics(), /^citadel_server_csr_sign_err_count\{error="ca_not_ready"\} 1$/m);
});

test('CA-4: a key that signs nothing usable is a CERT_GEN_ERROR', async () => {
  const held = memorySigningKeys();
  const { ports } = await issued({ keys: held });
  const keys: SigningKeys = {
    ...held,
    open: async (id) => ({
      ...(await held.open(id)),
      sign: async () => Promise.reject(new TypeError('a planted fault')),
    }),
  };
  const broken = testAuthority({ keys, records: ports.records });
  const answer = await broken.ask({
    csr: (await newKeyRequest()).csr,
    attestation: { joinToken: await broken.joinToken() },
  });
  assert.deepEqual([answer.status, answer.body.code], [500, 'CERT_GEN_ERROR']);
});

test('CA-13: requests, certificates and the end of the root are counted under the names of Istio', async () => {
  const { metrics, clock, ask } = await issued({ settings: { rootLifetime: hours(1000), maxTtl: hours(100) } });
  await ask({ csr: (await newKeyRequest()).csr });
  clock.advance(HOUR);
  const text = await metrics();
  const ends = testStart / 1000 + 1000 * 3600;
  for (const line of [
    'citadel_server_csr_count 2',
    'citadel_server_success_cert_issuance_count 1',
    'citadel_server_authentication_failure_count 1',
    'citadel_server_csr_parsing_err_count 0',
    `citadel_server_root_cert_expiry_timestamp ${ends}`,
    `citadel_server_root_cert_expiry_seconds ${999 * 3600}`,
    `citadel_server_cert_chain_expiry_timestamp ${ends}`,
    `citadel_server_cert_chain_expiry_seconds ${999 * 3600}`,
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
});

test('every certificate leaves a trace: for whom, its serial number, how it was proven and from where; never a token', async () => {
  const { log, read, answer } = await issued();
  const [line = {}] = log.fieldsOf('certificate-issued');
  assert.equal(line['identity'], REVIEWS);
  assert.equal(String(line['serial']).toUpperCase(), read.serialNumber);
  assert.deepEqual([line['method'], line['from'], line['notAfter']], ['join-token', '10.0.0.9', answer.body.notAfter]);
  assert.ok(!JSON.stringify(log.lines).includes('pilotless-join-'));
});

test('CA-16: who has the key of a certificate that has not ended gets the next one, for the same identity', async () => {
  const { leaf, key, ask, clock, answer } = await issued();
  clock.advance(12 * HOUR);
  const { csr } = await newKeyRequest();
  const at = new Date(clock.now()).toISOString();
  const renewal = renewalOf({ certificate: leaf, key }, csr, at);
  const next = await ask({ csr, attestation: { renewal } });
  assert.equal(next.status, 200, JSON.stringify(next.body));
  assert.equal(next.body.identity, answer.body.identity);
});
