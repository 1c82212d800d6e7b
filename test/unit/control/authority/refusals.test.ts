import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attestation } from '../../../../lib/control/authority/attestation.ts';
import { newKeyRequest, renewalOf } from '../../../../lib/cli/identity-request.ts';
import { HOUR, hours, testAuthority } from '../../../support/authority.ts';
import { testAuthority as otherAuthority } from '../../../support/test-certificates.ts';

type Mesh = ReturnType<typeof testAuthority>;

/** A workload with a certificate. */
async function joined(mesh: Mesh, ttl = 3600) {
  const { csr, key } = await newKeyRequest();
  const { status, body } = await mesh.ask({ csr, ttl, attestation: { joinToken: await mesh.joinToken() } });
  assert.equal(status, 200);
  return { certificate: body.certificateChain?.[0] ?? '', key };
}

const atOf = ({ clock }: Mesh, offsetMs = 0): string => new Date(clock.now() + offsetMs).toISOString();

/** What somebody shows who is not to get a certificate for that request, and what the log says of it. */
type Proof = (mesh: Mesh, csr: string) => Promise<Attestation>;

const refusals: Readonly<Record<string, readonly [RegExp, Proof]>> = {
  'nothing at all': [/nothing was shown/, async () => ({})],
  'a join token that nobody made': [
    /no such join token/,
    async () => ({ joinToken: `pilotless-join-${'A'.repeat(43)}` }),
  ],
  'a join token of another shape': [/it is no join token/, async () => ({ joinToken: 'x'.repeat(60_000) })],
  'a join token that is no text': [/it is no join token/, async () => ({ joinToken: { $ne: '' } })],
  'a join token that has expired': [
    /has expired/,
    async (mesh) => {
      const joinToken = await mesh.joinToken({ ttl: 60 });
      mesh.clock.advance(60_000);
      return { joinToken };
    },
  ],
  'a join token that was used': [
    /was used before/,
    async (mesh) => {
      const joinToken = await mesh.joinToken();
      assert.equal((await mesh.ask({ csr: (await newKeyRequest()).csr, attestation: { joinToken } })).status, 200);
      return { joinToken };
    },
  ],
  'a join token that was used and expired since': [
    /no such join token/,
    async (mesh) => {
      const joinToken = await mesh.joinToken({ ttl: 60 });
      await mesh.ask({ csr: (await newKeyRequest()).csr, attestation: { joinToken } });
      mesh.clock.advance(HOUR);
      await mesh.authority.tend();
      return { joinToken };
    },
  ],
  'a renewal with a part missing': [/lacks certificate/, async () => ({ renewal: { certificate: 'x' } })],
  'a renewal for another request': [
    /not signed by the key of its certificate, or for another request/,
    async (mesh) => ({ renewal: renewalOf(await joined(mesh), (await newKeyRequest()).csr, atOf(mesh)) }),
  ],
  'a renewal with the key of another': [
    /not signed by the key/,
    async (mesh, csr) => {
      const [one, other] = [await joined(mesh), await joined(mesh)];
      return { renewal: renewalOf({ ...one, key: other.key }, csr, atOf(mesh)) };
    },
  ],
  'a renewal whose moment was changed': [
    /not signed by the key/,
    async (mesh, csr) => {
      const renewal = renewalOf(await joined(mesh), csr, atOf(mesh));
      return { renewal: { ...renewal, at: atOf(mesh, 1000) } };
    },
  ],
  'a renewal that was signed two minutes ago': [
    /within the last minute/,
    async (mesh, csr) => ({ renewal: renewalOf(await joined(mesh), csr, atOf(mesh, -120_000)) }),
  ],
  'a renewal that was signed in the future': [
    /within the last minute/,
    async (mesh, csr) => ({ renewal: renewalOf(await joined(mesh), csr, atOf(mesh, 120_000)) }),
  ],
  'a renewal that was shown before': [
    /used by another request/,
    async (mesh, csr) => {
      const renewal = renewalOf(await joined(mesh), csr, atOf(mesh));
      assert.equal((await mesh.ask({ csr, attestation: { renewal } })).status, 200);
      return { renewal };
    },
  ],
  'a renewal with a certificate that has ended': [
    /was good until/,
    async (mesh, csr) => {
      const held = await joined(mesh, 600);
      mesh.clock.advance(600_000);
      return { renewal: renewalOf(held, csr, atOf(mesh)) };
    },
  ],
  'a renewal with a certificate of another authority': [
    /signed by somebody else/,
    async (mesh, csr) => ({
      renewal: renewalOf(pairOf(otherAuthority('other').issue('x.example.com')), csr, atOf(mesh)),
    }),
  ],
  'a renewal with a certificate of the same shape from another mesh': [
    /signed by somebody else/,
    async (mesh, csr) => ({ renewal: renewalOf(await joined(testAuthority()), csr, atOf(mesh)) }),
  ],
  'a renewal with a certificate of a trust domain that is not ours any more': [
    /names no workload of this mesh/,
    async (mesh, csr) => {
      const before = testAuthority({
        records: mesh.ports.records,
        keys: mesh.ports.keys,
        meshConfig: { trustDomain: 'former.example.com' },
      });
      return { renewal: renewalOf(await joined(before), csr, atOf(mesh)) };
    },
  ],
  'a renewal with a root in place of a leaf': [
    /not signed by the key|not one of a workload/,
    async (mesh, csr) => {
      const held = await joined(mesh);
      const root = await (await mesh.get('/v1/trust-bundle')).text();
      return { renewal: { ...renewalOf(held, csr, atOf(mesh)), certificate: root } };
    },
  ],
};

const pairOf = ({ certificate, key }: { certificate: string; key: string }) => ({ certificate, key });

for (const [what, [reason, proof]] of Object.entries(refusals)) {
  test(`CA-2: ${what} proves nothing: refused in the same words as all others, logged and counted`, async () => {
    const mesh = testAuthority();
    const { csr } = await newKeyRequest();
    const attestation = await proof(mesh, csr);
    const issued = mesh.log.fieldsOf('certificate-issued').length;
    const { status, body } = await mesh.ask({ csr, attestation });
    assert.deepEqual([status, body], [401, { code: 'UNAUTHENTICATED', message: 'request authenticate failure' }]);
    assert.match(String(mesh.log.fieldsOf('certificate-refused').at(-1)?.['reason']), reason);
    assert.equal(mesh.log.fieldsOf('certificate-refused').at(-1)?.['from'], '10.0.0.9');
    assert.match(await mesh.metrics(), /^citadel_server_authentication_failure_count 1$/m);
    assert.equal(mesh.log.fieldsOf('certificate-issued').length, issued);
    assert.ok(!JSON.stringify(mesh.log.lines).includes('pilotless-join-'), 'no token is in the log');
  });
}

test('CA-2: proofs are tried in order, and one that fails does not hinder the next', async () => {
  const tried: string[] = [];
  const mesh = testAuthority({
    authenticators: [
      async () => {
        tried.push('first');
        return { is: 'refused', reason: 'a planted refusal' };
      },
      async () => {
        tried.push('second');
        const workloads = [{ namespace: 'shop', serviceAccount: 'ratings' }];
        return { is: 'proven', attested: { method: 'bearer', principal: 'someone', workloads } };
      },
      async () => assert.fail('nobody is asked after one has believed'),
    ],
  });
  const { body } = await mesh.ask({ csr: (await newKeyRequest()).csr, attestation: {} });
  assert.equal(body.identity, 'spiffe://cluster.local/ns/shop/sa/ratings');
  assert.deepEqual(tried, ['first', 'second']);
});

test('of many who show the same join token at once one gets a certificate', async () => {
  const mesh = testAuthority();
  const joinToken = await mesh.joinToken();
  const requests = await Promise.all(Array.from({ length: 6 }, () => newKeyRequest()));
  const answers = await Promise.all(requests.map(({ csr }) => mesh.ask({ csr, attestation: { joinToken } })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401]);
});

const someone = (...workloads: readonly { namespace: string; serviceAccount: string }[]) =>
  testAuthority({
    authenticators: [async () => ({ is: 'proven', attested: { method: 'bearer', principal: 'someone', workloads } })],
  });
const [A, B] = [
  { namespace: 'shop', serviceAccount: 'a' },
  { namespace: 'shop', serviceAccount: 'b' },
];

test('who may run as nothing, or as another workload than the one asked for, is answered 403', async () => {
  const { csr } = await newKeyRequest();
  for (const [mesh, workload] of [
    [someone(), undefined],
    [someone(A), B],
    [someone(A), 'a'],
    [someone(A, B), undefined],
  ] as const) {
    const { status, body } = await mesh.ask({ csr, workload });
    assert.deepEqual([status, body.code], [403, 'FORBIDDEN']);
    assert.match(await mesh.metrics(), /^citadel_server_id_extraction_err_count 1$/m);
    assert.equal(mesh.log.fieldsOf('certificate-refused').at(-1)?.['principal'], 'someone');
  }
  assert.equal((await someone(A, B).ask({ csr, workload: B })).body.identity, 'spiffe://cluster.local/ns/shop/sa/b');
});

test('bodies that are too large or no requests are refused before anybody is asked who they are', async () => {
  const mesh = testAuthority({ authenticators: [async () => assert.fail('asked')] });
  const bodies = [
    ['x'.repeat(200_000), 413],
    ['no JSON', 400],
    ['[]', 400],
    ['{"csr": 1}', 400],
    ['null', 400],
  ] as const;
  for (const [body, expected] of bodies) assert.equal((await mesh.ask(body)).status, expected, body.slice(0, 20));
  assert.equal((await mesh.authority.certificates(new Request('http://x/v1/certificates'))).status, 405);
});

test('join tokens are made for one workload, for at most a week, and only their hash is stored', async () => {
  const mesh = testAuthority({ settings: { maxTtl: hours(1) } });
  for (const wrong of [
    {},
    { namespace: 'shop' },
    { namespace: 'Shop', serviceAccount: 'a' },
    { namespace: 'a/b', serviceAccount: 'a' },
  ]) {
    assert.equal((await mesh.post('/v1/join-tokens', wrong)).status, 400);
  }
  for (const ttl of [0, -1, 'x', 8 * 24 * 3600]) {
    assert.equal((await mesh.post('/v1/join-tokens', { namespace: 'shop', serviceAccount: 'a', ttl })).status, 400);
  }
  const token = await mesh.joinToken();
  const { records } = await mesh.ports.records.list('join-tokens');
  assert.equal(records.length, 1);
  assert.ok(!JSON.stringify(records).includes(token.slice(-20)));
});
