import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiCaller } from '../../../support/api-caller.ts';

const collection = '/apis/networking.istio.io/v1/namespaces/default/serviceentries';
const ports = [{ number: 80, name: 'http' }];

interface Written {
  readonly hosts?: readonly string[];
  readonly location?: string;
  readonly labels?: object;
}

const entry = ({ labels, ...spec }: Written) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'db', ...(labels && { labels }) },
  spec: { hosts: ['a.example.com'], ports, resolution: 'DNS', ...spec },
});

interface Shown {
  readonly metadata: {
    readonly labels?: object;
    readonly resourceVersion: string;
    readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[];
  };
  readonly spec: Written;
}

function applier() {
  const { call } = apiCaller();
  const apply = async (manager: string, document: object, more = '') => {
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    return call(`PATCH ${collection}/db?fieldManager=${manager}${more}`, document, headers);
  };
  const shown = async () => (await call(`GET ${collection}/db`)).body as unknown as Shown;
  return { call, apply, shown };
}

test('a server-side apply takes away what its manager said before and says no more', async () => {
  const { apply, shown } = applier();
  assert.equal((await apply('me', entry({ location: 'MESH_EXTERNAL', labels: { a: 'x', b: 'y' } }))).status, 201);
  assert.equal((await apply('me', entry({ labels: { a: 'x' } }))).status, 200);
  const { metadata, spec } = await shown();
  assert.deepEqual([metadata.labels, spec], [{ a: 'x' }, { hosts: ['a.example.com'], ports, resolution: 'DNS' }]);
  await apply('me', entry({ labels: { a: 'x' } }));
  assert.equal((await shown()).metadata.resourceVersion, metadata.resourceVersion, 'the same again is no revision');
  await apply('me', entry({}));
  assert.equal((await shown()).metadata.labels, undefined);
});

test('what another manager says stays, and saying something else is a conflict', async () => {
  const { apply, shown } = applier();
  await apply('one', entry({ labels: { a: 'x' } }));
  assert.equal((await apply('other', entry({ labels: { b: 'y' } }))).status, 200, 'equal values are shared');
  await apply('one', entry({}));
  assert.deepEqual((await shown()).metadata.labels, { b: 'y' });

  const refused = await apply('other', entry({ hosts: ['b.example.com'] }));
  assert.deepEqual([refused.status, refused.body.reason], [409, 'Conflict']);
  assert.equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "one": .spec.hosts');
  assert.deepEqual((refused.body['details'] as { causes: unknown }).causes, [
    { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.hosts' },
  ]);
  assert.deepEqual((await shown()).spec.hosts, ['a.example.com']);

  assert.equal((await apply('other', entry({ hosts: ['b.example.com'] }), '&force=true')).status, 200);
  const { spec, metadata } = await shown();
  assert.deepEqual(spec.hosts, ['b.example.com']);
  assert.deepEqual(
    metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
    [
      ['one', { 'f:spec': { 'f:ports': {}, 'f:resolution': {} } }],
      ['other', { 'f:spec': { 'f:hosts': {}, 'f:ports': {}, 'f:resolution': {} } }],
    ],
  );
});

test('any other write takes the fields that it changes from those who applied them', async () => {
  const { call, apply, shown } = applier();
  await apply('me', entry({ labels: { a: 'x' } }));
  const change = { metadata: { labels: { a: 'z' } }, spec: { location: 'MESH_EXTERNAL' } };
  await call(`PATCH ${collection}/db`, change, { 'content-type': 'application/merge-patch+json' });
  assert.deepEqual(
    (await shown()).metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1),
    [{ 'f:spec': { 'f:hosts': {}, 'f:ports': {}, 'f:resolution': {} } }],
  );
  await apply('me', entry({}));
  assert.deepEqual((await shown()).metadata.labels, { a: 'z' });
  assert.equal((await shown()).spec.location, 'MESH_EXTERNAL');
});

test('an object that nobody applies on the server has no managers', async () => {
  const { call, shown } = applier();
  await call(`POST ${collection}`, entry({}));
  assert.equal((await shown()).metadata.managedFields, undefined);
});

test('FLT-3: what is applied by the server or merged strategically is one object; anything else is a bad request', async () => {
  const { call } = apiCaller();
  for (const type of ['application/apply-patch+yaml', 'application/strategic-merge-patch+json']) {
    for (const body of ['null', '[]', '7', '"text"']) {
      const { status, body: answer } = await call(
        'PATCH /api/v1/namespaces/default/services/db?fieldManager=me',
        JSON.parse(body) as object,
        { 'content-type': type },
      );
      assert.deepEqual([status, answer.reason], [400, 'BadRequest'], `${type} ${body}`);
    }
  }
});
