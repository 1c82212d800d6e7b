import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashBytes } from '../../../../lib/base/hashing.ts';
import { callerVerifier } from '../../../../lib/control/identity/verify-caller.ts';
import { memorySecretBox } from '../../../../lib/adapters/memory/memory-secret-box.ts';
import { sentIn, type TestDelivery, testDelivery } from '../../../support/delivery.ts';
import { testAccess } from '../../../support/test-tokens.ts';

const CI = 'token-of-the-ci-role-5551234';
const DIRECT = 'token-of-shop-reviews-5551234';

const BINDING = `
apiVersion: pilotless.dev/v1
kind: WorkloadIdentityBinding
metadata: { name: ci, namespace: edge }
spec: { serviceAccount: gateway, match: [{ principal: ci }] }
---`;

async function proving(yaml = BINDING): Promise<TestDelivery> {
  const tokens = [
    { name: 'ci', sha256: hashBytes(CI) },
    { name: 'direct', sha256: hashBytes(DIRECT), workload: { namespace: 'shop', serviceAccount: 'reviews' } },
  ];
  const verifyCaller = callerVerifier(testAccess({ tokens }), {
    keysOf: async () => undefined,
    askSts: async () => assert.fail('AWS is not asked'),
    clock: { now: () => service.clock.now() },
  });
  const service = testDelivery({ verifyCaller, believesNodes: false, secrets: memorySecretBox() });
  service.configure(yaml);
  await service.builder.build('config');
  return service;
}

const node = (namespace: string, metadata: object = {}, name = 'a') => ({
  id: `sidecar~10.0.0.9~${name}.${namespace}~${namespace}.svc.cluster.local`,
  cluster: 'a',
  metadata: { NAMESPACE: namespace, PILOTLESS_REFRESH: '5s', ...metadata },
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('IDN-1, SDS-14, VIEW-6: a poll as somebody else', () => {
  for (const [claim, token, polled] of [
    ['node.id', DIRECT, node('edge')],
    ['node.id', DIRECT, { ...node('shop'), id: node('edge').id }],
    ['metadata NAMESPACE', DIRECT, { ...node('edge'), id: node('shop').id }],
    ['metadata SERVICE_ACCOUNT', DIRECT, node('shop', { SERVICE_ACCOUNT: 'admin' })],
    ['node.id', CI, node('shop')],
    ['metadata SERVICE_ACCOUNT', CI, node('edge', { SERVICE_ACCOUNT: 'other' })],
  ] as const) {
    test(`${token === CI ? 'a bound principal' : 'a workload'} with another ${claim} is 403, and only the log says what differs`, async () => {
      const service = await proving();
      for (const type of ['clusters', 'listeners', 'secrets']) {
        const answer = await service.poll(type, { node: polled, headers: bearer(token) });
        assert.equal(answer.status, 403);
        assert.deepEqual(await answer.json(), { code: 'FORBIDDEN', message: 'this poll is not answered' });
      }
      const [denied, ...others] = service.log.fieldsOf('poll-denied');
      assert.equal(denied?.['claim'], claim);
      assert.deepEqual(others, [], 'once a minute');
    });
  }

  test('a principal that no binding names has no workload', async () => {
    const service = await proving('');
    assert.equal((await service.poll('clusters', { node: node('edge'), headers: bearer(CI) })).status, 403);
    assert.equal(service.log.fieldsOf('poll-denied')[0]?.['claim'], 'no workload');
  });
});

test('IDN-1: a poll as oneself is answered, by the proof itself or by a binding, with or without a service account', async () => {
  const service = await proving();
  for (const [token, polled] of [
    [DIRECT, node('shop')],
    [DIRECT, node('shop', { SERVICE_ACCOUNT: 'reviews' })],
    [CI, node('edge')],
    [CI, node('edge', { SERVICE_ACCOUNT: 'gateway' })],
  ] as const) {
    await sentIn(await service.poll('clusters', { node: polled, headers: bearer(token) }));
  }
});

test('IDN-1: a binding that goes away takes the right to poll with it', async () => {
  const service = await proving();
  const ask = async () => (await service.poll('clusters', { node: node('edge'), headers: bearer(CI) })).status;
  assert.equal(await ask(), 200);
  service.configure('');
  await service.builder.build('config');
  assert.equal(await ask(), 403);
});

test('IDN-1: who proves nothing is told so, in the same words for whatever was brought along, and before its body is read', async () => {
  const service = await proving();
  const answers = new Set<string>();
  for (const headers of [{}, bearer('x'), bearer(`${CI}x`), bearer(''), { authorization: 'Bearer a.b.c' }]) {
    for (const polled of [node('shop'), { ...node('shop'), id: '' }]) {
      const answer = await service.poll('clusters', { node: polled, headers });
      answers.add(`${answer.status} ${await answer.text()}`);
    }
  }
  assert.equal((await service.delta('')).status, 401);
  assert.deepEqual(
    [...answers].map((text) => text.slice(0, 3)),
    ['401'],
  );
});
