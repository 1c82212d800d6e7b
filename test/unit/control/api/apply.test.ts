import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { serviceActor } from '../../../../lib/control/identity/rights.ts';
import { apiCaller } from '../../../support/api-caller.ts';
import { documents, virtualService } from '../../../support/apply.ts';
import { recordingLog } from '../../../support/recording-log.ts';

test('STO-4: apply answers the revision and what became of each object', async () => {
  const { call } = apiCaller();
  const reply = await call(
    'POST /v1/apply',
    documents(virtualService('a'), virtualService('b', { namespace: 'other' })),
  );
  assert.equal(reply.status, 200);
  assert.deepEqual(reply.body, {
    revision: 1,
    results: [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        namespace: 'default',
        name: 'a',
        action: 'created',
        warnings: [],
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        namespace: 'other',
        name: 'b',
        action: 'created',
        warnings: [],
      },
    ],
  });
});

test('CS-13, STO-4: apply is refused with all errors, in the order of the documents, and stores nothing', async () => {
  const { call } = apiCaller();
  const text = documents(
    virtualService('ok'),
    'a: [',
    'apiVersion: v1\nkind: Teapot\nmetadata: {name: t, namespace: n}',
    virtualService('x').replace('hosts', 'hostz'),
  );
  const reply = await call('POST /v1/apply', text);
  assert.equal(reply.status, 422);
  const errors = reply.body['errors'] as Record<string, unknown>[];
  assert.deepEqual(
    errors.slice(0, 2).map(({ document, kind, namespace, name, code }) => ({ document, kind, namespace, name, code })),
    [
      { document: 2, kind: '', namespace: '', name: '', code: 'UNREADABLE' },
      { document: 3, kind: 'Teapot', namespace: 'n', name: 't', code: 'UNKNOWN_KIND' },
    ],
  );
  assert.ok(errors.some(({ document, path }) => document === 4 && path === 'spec.hostz'));
  assert.deepEqual((await call('GET /v1/revisions')).body, { revisions: [] });
});

test('the items of a List are documents, and JSON is read as YAML is', async () => {
  const { call } = apiCaller();
  const item = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } };
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: [item, { ...item, metadata: { name: 'b' } }, { ...item, kind: 'Nope' }],
  };
  const refused = await call('POST /v1/apply', list);
  assert.equal((refused.body['errors'] as { path: string }[])[0]?.path, 'items[2].kind');
  const applied = await call('POST /v1/apply', { ...list, items: list.items.slice(0, 2) });
  assert.equal((applied.body['results'] as unknown[]).length, 2);
});

test('STO-4: expectRevision answers 409 with the newest revision once that has moved', async () => {
  const { call } = apiCaller();
  assert.equal((await call('POST /v1/apply?expectRevision=0', virtualService('a'))).status, 200);
  const late = await call('POST /v1/apply?expectRevision=0', virtualService('b'));
  assert.deepEqual([late.status, late.body.code, late.body.revision], [409, 'CONFLICT', 1]);
});

test('STO-5: a request that is sent again with its key is answered as before', async () => {
  const { call } = apiCaller();
  const send = () => call('POST /v1/apply', virtualService('a'), { 'idempotency-key': 'k' });
  const first = await send();
  await call('POST /v1/apply', virtualService('a', { host: 'later' }));
  assert.deepEqual((await send()).body, first.body);
  assert.equal((await call('POST /v1/apply', virtualService('b'), { 'idempotency-key': 'k' })).status, 409);
});

test('STO-7: history, difference and rollback of revisions', async () => {
  const { call } = apiCaller({}, {}, serviceActor('alice', '192.0.2.1'));
  await call('POST /v1/apply?message=first', virtualService('a'));
  await call('POST /v1/apply', documents(virtualService('a', { host: 'ratings' }), virtualService('b')));
  const { revisions } = (await call('GET /v1/revisions')).body as unknown as { revisions: Record<string, unknown>[] };
  assert.deepEqual(
    revisions.map(({ revision, writer, message, objects }) => [revision, writer, message, objects]),
    [
      [2, 'alice', undefined, 2],
      [1, 'alice', 'first', 1],
    ],
  );
  const page = (await call('GET /v1/revisions?limit=1')).body as unknown as { before: number };
  assert.equal(page.before, 2);

  const diff = (await call('GET /v1/revisions/2/diff')).body as unknown as {
    from: number;
    changes: Record<string, unknown>[];
  };
  assert.equal(diff.from, 1);
  assert.deepEqual(
    diff.changes.map(({ name, action }) => [name, action]),
    [
      ['a', 'configured'],
      ['b', 'created'],
    ],
  );
  const back = await call('POST /v1/revisions/1/rollback');
  assert.equal(back.body.revision, 3);
  const trees = await Promise.all([1, 3].map(async (n) => (await call(`GET /v1/revisions/${n}`)).body['tree']));
  assert.equal(trees[0], trees[1]);
  assert.deepEqual(
    ((await call('GET /v1/revisions/3/diff?from=1')).body as unknown as { changes: unknown[] }).changes,
    [],
  );
  for (const path of ['GET /v1/revisions/9', 'GET /v1/revisions/9/diff', 'POST /v1/revisions/9/rollback']) {
    assert.deepEqual([(await call(path)).status, (await call(path)).body.code], [404, 'NO_SUCH_REVISION']);
  }
});

test('STO-8: a body over the limit is 413 and names the inbox, whether it says its size or not', async () => {
  const { app, call } = apiCaller({}, { bodyLimitBytes: 1024 });
  const large = virtualService('a', { host: 'x'.repeat(2048) });
  const said = await call('POST /v1/apply', large, { 'content-length': String(large.length) });
  assert.equal(said.status, 413);
  assert.match(said.body.message ?? '', /inbox\//);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let part = 0; part < 3; part += 1) controller.enqueue(new TextEncoder().encode('#'.repeat(1000)));
      controller.close();
    },
  });
  const unsaid = await app.request(
    new Request('http://test/v1/apply', { method: 'POST', body: stream, duplex: 'half' } as RequestInit),
  );
  assert.equal(unsaid.status, 413);
  const object = await call('POST /apis/networking.istio.io/v1/namespaces/default/virtualservices', large);
  assert.deepEqual([object.status, object.body.reason], [413, 'RequestEntityTooLarge']);
});

const refusals: readonly (readonly [string, string, string | undefined, number])[] = [
  ['a body without documents', 'POST /v1/apply', '# nothing\n---\n', 400],
  ['no body at all', 'POST /v1/apply', undefined, 400],
  ['a revision that is no number', 'POST /v1/apply?expectRevision=x', virtualService('a'), 400],
  ['another word for a dry run', 'POST /v1/apply?dryRun=true', virtualService('a'), 400],
  ['a selector that is none', 'POST /v1/apply?prune=a%3D%3D%3Db', virtualService('a'), 400],
  ['a selector of everything', 'POST /v1/apply?prune=', virtualService('a'), 400],
  ['a path that is not there', 'GET /v1/nothing', undefined, 404],
  ['a path that is no path', 'GET /api/v1/%zz', undefined, 404],
];
for (const [what, line, body, status] of refusals) {
  test(`${what} is refused with ${status}`, async () => {
    assert.equal((await apiCaller().call(line, body)).status, status);
  });
}

test('bytes that are no UTF-8 are refused', async () => {
  const { app } = apiCaller();
  const body = new Uint8Array([0x61, 0x3a, 0xff, 0xfe]);
  assert.equal((await app.request('/v1/apply', { method: 'POST', body })).status, 400);
});

test('a store that is not available is 503 with Retry-After; another failure is 500 with an id that the log has', async () => {
  const log = recordingLog();
  const failing = (error: Error) => ({ log, records: { ...memoryRecords(), get: () => Promise.reject(error) } });
  const away = await apiCaller(failing(new StoreUnavailable('config/head'))).call(
    'POST /v1/apply',
    virtualService('a'),
  );
  assert.deepEqual([away.status, away.body.code, away.headers.get('retry-after')], [503, 'STORE_UNAVAILABLE', '1']);
  const broken = await apiCaller(failing(new Error('secret detail'))).call('GET /v1/revisions');
  assert.equal(broken.status, 500);
  assert.doesNotMatch(JSON.stringify(broken.body), /secret detail/);
  assert.ok(log.fieldsOf('config-api-failed').some(({ id }) => id === broken.body['id']));
  const objects = await apiCaller(failing(new StoreUnavailable('x'))).call('GET /api/v1/services');
  assert.deepEqual([objects.status, objects.body.reason], [503, 'ServiceUnavailable']);
});

test('discovery and OpenAPI name every kind, and each version has a document of its own', async () => {
  const { call } = apiCaller();
  const groups = (await call('GET /apis')).body as unknown as { groups: { name: string }[] };
  assert.ok(groups.groups.some(({ name }) => name === 'networking.istio.io'));
  const list = (await call('GET /apis/networking.istio.io/v1')).body as unknown as { resources: { name: string }[] };
  assert.ok(list.resources.some(({ name }) => name === 'virtualservices/status'));
  assert.equal((await call('GET /apis/nobody.io')).status, 404);
  const whole = (await call('GET /openapi/v3')).body as unknown as {
    paths: Record<string, { serverRelativeURL?: string }>;
  };
  for (const path of ['/v1/apply', '/v3/delta', '/v3/delta:routes', '/v3/discovery:clusters'])
    assert.ok(whole.paths[path], path);
  const part = await call(`GET ${whole.paths['apis/networking.istio.io/v1']?.serverRelativeURL ?? ''}`);
  assert.ok((part.body['paths'] as object)['/apis/networking.istio.io/v1/virtualservices' as never]);
});
