import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProtobufBody } from '../../../../lib/control/api/protobuf-body.ts';
import { apiCaller } from '../../../support/api-caller.ts';

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 80, name: 'http' }] },
});

test('a namespace exists as soon as something is in it, and default always', async () => {
  const { call } = apiCaller();
  await call('POST /api/v1/namespaces/shop/services', service('web'));
  const names = async (query = '') =>
    (await call(`GET /api/v1/namespaces${query}`)).body.items?.map(({ metadata }) => metadata?.['name']);
  assert.deepEqual(await names(), ['default', 'shop']);
  assert.deepEqual(await names('?fieldSelector=metadata.name%3Dshop'), ['shop']);
  assert.deepEqual(await names('?limit=1'), ['default']);
  assert.deepEqual((await call('GET /api/v1/namespaces/shop')).body['status'], { phase: 'Active' });
  assert.equal((await call('GET /api/v1/namespaces/nobody')).status, 404);

  const label = { metadata: { labels: { team: 'x' } } };
  const merge = { 'content-type': 'application/merge-patch+json' };
  assert.equal((await call('PATCH /api/v1/namespaces/shop', label, merge)).status, 201);
  assert.deepEqual(await names('?labelSelector=team'), ['shop']);
  assert.equal((await call('POST /api/v1/namespaces', { ...service('a.b'), kind: 'Namespace', spec: {} })).status, 422);
});

test('a namespace goes with all that is in it, as one revision', async () => {
  const { call } = apiCaller();
  for (const name of ['a', 'b']) await call('POST /api/v1/namespaces/shop/services', service(name));
  await call('POST /api/v1/namespaces/default/services', service('kept'));
  assert.equal((await call('DELETE /api/v1/namespaces/shop?dryRun=All')).status, 200);
  assert.equal((await call('GET /api/v1/services')).body.items?.length, 3);
  assert.equal((await call('DELETE /api/v1/namespaces/shop')).status, 200);
  const left = await call('GET /api/v1/services');
  assert.deepEqual([left.body.items?.length, left.body.metadata?.['resourceVersion']], [1, '4']);
  assert.equal((await call('DELETE /api/v1/namespaces/shop')).status, 404);
  assert.equal((await call('DELETE /api/v1/namespaces/default')).status, 400);
});

test('a namespace of another version or uid than a deletion says stays, with all that is in it', async () => {
  const { call } = apiCaller();
  await call('POST /api/v1/namespaces/shop/services', service('web'));
  await call('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const remove = (preconditions: unknown) => call('DELETE /api/v1/namespaces/shop', { preconditions });
  assert.equal((await remove({ uid: 'another' })).status, 409);
  assert.equal((await remove({ resourceVersion: '1' })).status, 409);
  assert.equal((await call('GET /api/v1/services')).body.items?.length, 1);
  const { uid, resourceVersion } = (await call('GET /api/v1/namespaces/shop')).body.metadata ?? {};
  assert.equal((await remove({ uid, resourceVersion })).status, 200);
  assert.equal((await call('GET /api/v1/services')).body.items?.length, 0);
});

test('a deletion without preconditions may say so by null', async () => {
  const { call } = apiCaller();
  await call('POST /api/v1/namespaces/shop/services', service('web'));
  assert.equal((await call('DELETE /api/v1/namespaces/shop/services/web', { preconditions: null })).status, 200);
});

/** As `kubectl create namespace shop` sends it: the mark, the type, and the object with empty fields among those it has. */
const created = [
  ...[0x6b, 0x38, 0x73, 0x00, 0x0a, 0x0f, 0x0a, 0x02, 0x76, 0x31, 0x12, 0x09, ...Buffer.from('Namespace')],
  ...[0x12, 0x1c, 0x0a, 0x14, 0x0a, 0x04, ...Buffer.from('shop')],
  ...[0x12, 0x00, 0x1a, 0x00, 0x22, 0x00, 0x2a, 0x00, 0x32, 0x00, 0x38, 0x00, 0x42, 0x00],
  ...[0x12, 0x00, 0x1a, 0x02, 0x0a, 0x00, 0x1a, 0x00, 0x22, 0x00],
];

test('what kubectl creates without a file comes as protobuf', async () => {
  const { app } = apiCaller();
  const post = async (bytes: readonly number[], path = '/api/v1/namespaces') =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      body: Uint8Array.from(bytes),
    });
  assert.equal((await post(created)).status, 201);
  assert.equal((await post(created)).status, 409);
  assert.equal((await post(created.slice(0, -8))).status, 415);
  assert.equal((await post([...Buffer.from('{}')])).status, 415);
});

test('no bytes make the reader of protobuf throw', () => {
  for (let cut = 0; cut < created.length; cut += 1) {
    readProtobufBody(Uint8Array.from(created.slice(0, cut)));
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) readProtobufBody(Uint8Array.from(created.with(cut, byte)));
  }
});
