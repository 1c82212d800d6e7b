import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiCaller } from '../../../support/api-caller.ts';

const collection = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';

function virtualService(name: string, { host = 'reviews', ...metadata }: Record<string, unknown> = {}) {
  const http = [{ route: [{ destination: { host } }] }];
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, ...metadata },
    spec: { hosts: [host], http },
  };
}

test('CS-1: an unknown kind is an unknown type for every verb; a missing object is not found', async () => {
  const { call } = apiCaller();
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const reply = await call(
      `${method} /apis/networking.istio.io/v1/namespaces/default/teapots/x`,
      method === 'GET' ? undefined : {},
    );
    assert.equal(reply.status, 404);
    assert.match(reply.body.message ?? '', /^unknown type/);
  }
  const missing = await call(`GET ${collection}/nobody`);
  assert.deepEqual(
    [missing.status, missing.body.reason, missing.body.message],
    [404, 'NotFound', 'virtualservices.networking.istio.io "nobody" not found'],
  );
});

test('CS-2: lists are by namespace and name, of one namespace or of all, and their pages show one revision', async () => {
  const { call } = apiCaller();
  for (const [namespace, name] of [
    ['b', 'y'],
    ['a', 'z'],
    ['b', 'x'],
    ['a', 'a'],
  ]) {
    assert.equal(
      (await call(`POST ${collection.replace('default', namespace ?? '')}`, virtualService(name ?? ''))).status,
      201,
    );
  }
  const everywhere = '/apis/networking.istio.io/v1/virtualservices';
  const keys = (items: readonly { readonly metadata?: Readonly<Record<string, unknown>> }[] = []) =>
    items.map(({ metadata }) => `${String(metadata?.['namespace'])}/${String(metadata?.['name'])}`);
  const all = await call(`GET ${everywhere}`);
  assert.deepEqual(keys(all.body.items), ['a/a', 'a/z', 'b/x', 'b/y']);
  assert.equal(all.body.metadata?.['resourceVersion'], '4');
  assert.deepEqual(keys((await call(`GET ${collection.replace('default', 'b')}`)).body.items), ['b/x', 'b/y']);

  const first = await call(`GET ${everywhere}?limit=3`);
  assert.deepEqual(keys(first.body.items), ['a/a', 'a/z', 'b/x']);
  await call(`DELETE ${collection.replace('default', 'b')}/y`);
  const next = await call(
    `GET ${everywhere}?limit=3&continue=${encodeURIComponent(String(first.body.metadata?.['continue']))}`,
  );
  assert.deepEqual(keys(next.body.items), ['b/y']);
  assert.equal(next.body.metadata?.['resourceVersion'], '4');
  assert.equal((await call(`GET ${everywhere}?continue=nonsense`)).status, 400);
});

test('lists are narrowed by labels and by name', async () => {
  const { call } = apiCaller();
  await call(`POST ${collection}`, virtualService('a', { labels: { app: 'x' } }));
  await call(`POST ${collection}`, virtualService('b', { labels: { app: 'y' } }));
  const names = async (query: string) =>
    (await call(`GET ${collection}?${query}`)).body.items?.map(({ metadata }) => metadata?.['name']);
  assert.deepEqual(await names('labelSelector=app%3Dx'), ['a']);
  assert.deepEqual(await names('labelSelector=app%20in%20(y,z)'), ['b']);
  assert.deepEqual(await names('fieldSelector=metadata.name!%3Da'), ['b']);
  assert.equal((await call(`GET ${collection}?fieldSelector=spec.hosts%3Da`)).status, 400);
  assert.equal((await call(`GET ${collection}?labelSelector=a%3D%3D%3Db`)).status, 400);
});

test('CS-3: what is created gets its resourceVersion, generation, uid and time; creating it again is refused', async () => {
  const { call } = apiCaller();
  const created = await call(`POST ${collection}`, virtualService('a'));
  assert.equal(created.status, 201);
  const { metadata } = created.body;
  assert.deepEqual([metadata?.['resourceVersion'], metadata?.['generation']], ['1', 1]);
  assert.equal(metadata?.['creationTimestamp'], '2026-01-01T00:00:00Z');
  assert.match(String(metadata?.['uid']), /^[0-9a-f-]{36}$/);
  const again = await call(`POST ${collection}`, virtualService('a'));
  assert.deepEqual([again.status, again.body.reason], [409, 'AlreadyExists']);
  const generated = await call(`POST ${collection}`, { ...virtualService('x'), metadata: { generateName: 'vs-' } });
  assert.match(String(generated.body.metadata?.['name']), /^vs-[0-9a-f]{8}$/);
});

test('CS-4: a stale resourceVersion is a conflict, none overwrites, a missing object is not found', async () => {
  const { call } = apiCaller();
  assert.equal((await call(`PUT ${collection}/a`, virtualService('a'))).status, 404);
  await call(`POST ${collection}`, virtualService('a'));
  const second = await call(`PUT ${collection}/a`, virtualService('a', { host: 'ratings', resourceVersion: '1' }));
  assert.deepEqual([second.body.metadata?.['resourceVersion'], second.body.metadata?.['generation']], ['2', 2]);
  const stale = await call(`PUT ${collection}/a`, virtualService('a', { resourceVersion: '1' }));
  assert.deepEqual([stale.status, stale.body.reason], [409, 'Conflict']);
  assert.match(stale.body.message ?? '', /conflicting resource version, try again$/);
  assert.equal((await call(`PUT ${collection}/a`, virtualService('a'))).body.metadata?.['resourceVersion'], '3');
  const same = await call(`PUT ${collection}/a`, virtualService('a'));
  assert.equal(same.body.metadata?.['resourceVersion'], '3', 'equal content makes no revision');
});

test('CS-5: a status has no part in revision and generation, and survives changes of the spec', async () => {
  const { call } = apiCaller();
  await call(`POST ${collection}`, virtualService('a'));
  const status = { conditions: [{ type: 'Reconciled', status: 'True' }] };
  const written = await call(`PUT ${collection}/a/status`, { ...virtualService('a', { host: 'ignored' }), status });
  assert.deepEqual([written.status, written.body['status']], [200, status]);
  assert.deepEqual([written.body.metadata?.['resourceVersion'], written.body.metadata?.['generation']], ['1', 1]);
  await call(`PUT ${collection}/a`, virtualService('a', { host: 'ratings' }));
  const read = await call(`GET ${collection}/a`);
  assert.deepEqual(read.body['status'], status);
  assert.deepEqual((read.body['spec'] as { hosts: string[] }).hosts, ['ratings']);
  assert.equal((await call(`PUT ${collection}/b/status`, { status })).status, 404);
  await call(`DELETE ${collection}/a`);
  await call(`POST ${collection}`, virtualService('a'));
  assert.equal((await call(`GET ${collection}/a`)).body['status'], undefined, 'another object of that name');
});

const patches: readonly (readonly [string, string, unknown, number, readonly string[]])[] = [
  ['merge', 'application/merge-patch+json', { spec: { hosts: ['b'] } }, 200, ['b']],
  ['JSON', 'application/json-patch+json', [{ op: 'add', path: '/spec/hosts/-', value: 'b' }], 200, ['reviews', 'b']],
  ['apply', 'application/apply-patch+yaml', 'spec: {hosts: [c]}', 200, ['c']],
];
for (const [name, type, patch, status, hosts] of patches) {
  test(`CS-6: a ${name} patch is laid on the stored object`, async () => {
    const { call } = apiCaller();
    await call(`POST ${collection}`, virtualService('a'));
    const patched = await call(`PATCH ${collection}/a`, patch, { 'content-type': type });
    assert.equal(patched.status, status, patched.body.message);
    assert.deepEqual((patched.body['spec'] as { hosts: string[] }).hosts, hosts);
  });
}

const refusedPatches: readonly (readonly [string, string, unknown, number])[] = [
  ['a patch that changes the name', 'application/merge-patch+json', { metadata: { name: 'b' } }, 400],
  ['a patch with a stale resourceVersion', 'application/merge-patch+json', { metadata: { resourceVersion: '9' } }, 409],
  ['a JSON patch whose test fails', 'application/json-patch+json', [{ op: 'test', path: '/kind', value: 'X' }], 400],
  ['a JSON patch that is none', 'application/json-patch+json', [{ op: 'explode', path: '/kind' }], 400],
  [
    'a JSON patch through a prototype',
    'application/json-patch+json',
    [{ op: 'add', path: '/__proto__/x', value: 1 }],
    400,
  ],
  ['a patch whose result is invalid', 'application/merge-patch+json', { spec: { hosts: 7 } }, 422],
  ['a strategic merge patch of a kind that is not of Kubernetes', 'application/strategic-merge-patch+json', {}, 415],
  ['a patch in a format nobody knows', 'text/plain', 'x', 415],
];
for (const [name, type, patch, status] of refusedPatches) {
  test(`CS-6: ${name} is refused with ${status}, and changes nothing`, async () => {
    const { call } = apiCaller();
    const created = await call(`POST ${collection}`, virtualService('a'));
    assert.equal((await call(`PATCH ${collection}/a`, patch, { 'content-type': type })).status, status);
    assert.deepEqual((await call(`GET ${collection}/a`)).body, created.body);
  });
}

test('CS-6: a patch of what is not there is not found; an apply patch creates it', async () => {
  const { call } = apiCaller();
  const merge = await call(`PATCH ${collection}/a`, {}, { 'content-type': 'application/merge-patch+json' });
  assert.equal(merge.status, 404);
  const apply = await call(`PATCH ${collection}/a?fieldManager=t`, virtualService('a'), {
    'content-type': 'application/apply-patch+yaml',
  });
  assert.equal(apply.status, 201);
});

test('CS-7: a delete of what is not there is not found; with a stale version it is a conflict', async () => {
  const { call } = apiCaller();
  assert.equal((await call(`DELETE ${collection}/a`)).status, 404);
  await call(`POST ${collection}`, virtualService('a'));
  assert.equal((await call(`DELETE ${collection}/a`, { preconditions: { resourceVersion: '7' } })).status, 409);
  assert.equal((await call(`DELETE ${collection}/a?dryRun=All`)).status, 200);
  const deleted = await call(`DELETE ${collection}/a`);
  assert.deepEqual([deleted.status, deleted.body['status']], [200, 'Success']);
  assert.equal((await call(`GET ${collection}/a`)).status, 404);
});

test('CS-8: an invalid object is refused with every error at once, and is not stored', async () => {
  const { call } = apiCaller();
  const reply = await call(`POST ${collection}`, { ...virtualService('a'), spec: { hosts: 'x', http: [{ rout: 1 }] } });
  assert.deepEqual([reply.status, reply.body.reason], [422, 'Invalid']);
  const { causes } = reply.body['details'] as { causes: { field: string }[] };
  assert.deepEqual(
    causes
      .map(({ field }) => field)
      .filter((field) => /hosts$|rout$/.test(field))
      .sort(),
    ['spec.hosts', 'spec.http[0].rout'],
  );
  assert.equal((await call(`GET ${collection}/a`)).status, 404);
});

test('CS-8: warnings come beside the answer', async () => {
  const { call } = apiCaller();
  const object = virtualService('a');
  const reply = await call(`POST ${collection}`, { ...object, spec: { ...object.spec, gateways: ['edge'] } });
  assert.equal(reply.status, 201);
  assert.match(reply.headers.get('warning') ?? '', /^299 - "spec\.gateways\[0\]: refers to Gateway\/default\/edge/);
});

test('CS-9: a watch streams what happens since a revision, in order, and ends in its time', async () => {
  const { app, call } = apiCaller();
  await call(`POST ${collection}`, virtualService('a', { labels: { app: 'x' } }));
  await call(`POST ${collection}`, virtualService('b'));
  await call(`PUT ${collection}/a`, virtualService('a', { host: 'ratings', labels: { app: 'x' } }));
  await call(`DELETE ${collection}/b`);
  const watched = async (query: string) => {
    const response = await app.request(`${collection}?watch=true&timeoutSeconds=1&${query}`);
    const lines = (await response.text())
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => {
      const { type, object } = JSON.parse(line) as {
        type: string;
        object: { metadata: { name?: string; resourceVersion: string } };
      };
      return [type, object.metadata.name, object.metadata.resourceVersion];
    });
  };
  assert.deepEqual(await watched(''), [['ADDED', 'a', '3']]);
  assert.deepEqual(await watched('resourceVersion=2&allowWatchBookmarks=true'), [
    ['MODIFIED', 'a', '3'],
    ['DELETED', 'b', '4'],
    ['BOOKMARK', undefined, '4'],
  ]);
  assert.deepEqual(await watched('resourceVersion=2&labelSelector=app%3Dx'), [['MODIFIED', 'a', '3']]);
  assert.equal((await call(`GET ${collection}?watch=true&resourceVersion=99`)).status, 410);
});

test('CS-12: a name that is none, and one that is not the one of the path, are refused', async () => {
  const { call } = apiCaller();
  assert.equal((await call(`POST ${collection}`, virtualService('Not_A_Name'))).status, 422);
  assert.equal((await call(`POST ${collection}`, virtualService(''))).status, 422);
  await call(`POST ${collection}`, virtualService('a'));
  assert.equal((await call(`PUT ${collection}/a`, virtualService('b'))).status, 400);
  assert.equal((await call(`PUT ${collection}/a`, virtualService('a', { namespace: 'other' }))).status, 400);
});

test('a dry run answers as if and stores nothing; any other word is refused', async () => {
  const { call } = apiCaller();
  assert.equal((await call(`POST ${collection}?dryRun=All`, virtualService('a'))).status, 201);
  assert.equal((await call(`GET ${collection}/a`)).status, 404);
  assert.equal((await call(`POST ${collection}?dryRun=yes`, virtualService('a'))).status, 400);
});

test('kinds whose body stands at the root, and every version of a kind, are shown as they are asked for', async () => {
  const { call } = apiCaller();
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', labels: { 'kubernetes.io/service-name': 'x' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
  };
  const created = await call(`POST ${slices}`, slice);
  assert.equal(created.status, 201, created.body.message);
  assert.equal(created.body['addressType'], 'IPv4');
  await call(`POST ${collection}`, virtualService('a'));
  const old = await call(`GET ${collection.replace('/v1/', '/v1alpha3/')}/a`);
  assert.equal(old.body['apiVersion'], 'networking.istio.io/v1alpha3');
});
