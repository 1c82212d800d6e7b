import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { newestState } from '../../../../lib/control/config/config-store.ts';
import { readHistory } from '../../../../lib/control/config/history.ts';
import { readObject } from '../../../../lib/control/config/read-objects.ts';
import { rollback } from '../../../../lib/control/config/rollback.ts';
import { parseLabelSelector } from '../../../../lib/base/label-selector.ts';
import { resourceKey } from '../../../../lib/resources/resource.ts';
import type { Etag, Records } from '../../../../lib/ports/records.ts';
import { StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { applied, applyText, documents, virtualService } from '../../../support/apply.ts';
import { testStore } from '../../../support/config-store.ts';
import { recordingLog } from '../../../support/recording-log.ts';

const key = (name: string) => resourceKey('VirtualService', 'default', name);

test('STO-4: all documents of a request are one revision, each with what became of it', async () => {
  const store = testStore();
  const first = await applied(store, documents(virtualService('a'), virtualService('b')));
  assert.equal(first.revision, 1);
  assert.deepEqual(
    first.results.map(({ name, action }) => [name, action]),
    [
      ['a', 'created'],
      ['b', 'created'],
    ],
  );
  const second = await applied(store, documents(virtualService('a'), virtualService('b', { host: 'ratings' })));
  assert.equal(second.revision, 2);
  assert.deepEqual(
    second.results.map(({ action }) => action),
    ['unchanged', 'configured'],
  );
});

test('an apply that changes nothing makes no revision', async () => {
  const store = testStore();
  await applied(store, virtualService('a'));
  const again = await applied(store, virtualService('a'));
  assert.equal(again.revision, 1);
  assert.equal((await readHistory(store, { limit: 10 })).revisions.length, 1);
});

test('STO-4: with one bad document nothing is stored and all errors are told at once', async () => {
  const store = testStore();
  const text = documents(
    virtualService('good'),
    'apiVersion: v1\nkind: Teapot\nmetadata: {name: x}',
    'kind: [',
    virtualService('Bad_Name'),
    virtualService('good'),
  );
  const outcome = await applyText(store, text);
  assert.equal(outcome.outcome, 'refused');
  assert.deepEqual(outcome.outcome === 'refused' && outcome.errors.map(({ document }) => document), [2, 3, 4, 5]);
  assert.equal((await newestState(store)).revision, 0);
});

test('what is valid but not carried out yet is refused, not ignored', async () => {
  const store = testStore();
  const text = [
    'apiVersion: networking.istio.io/v1',
    'kind: DestinationRule',
    'metadata: {name: a}',
    'spec: {host: a.b, trafficPolicy: {loadBalancer: {zoneAwareLbSetting: {enabled: true}}}}',
  ].join('\n');
  const outcome = await applyText(store, text);
  assert.ok(outcome.outcome === 'refused');
  assert.deepEqual(
    outcome.errors.map(({ code, name, path }) => ({ code, name, path })),
    [{ code: 'NOT_SUPPORTED_YET', name: 'a', path: 'spec.trafficPolicy.loadBalancer.zoneAwareLbSetting' }],
  );
  assert.equal((await newestState(store)).revision, 0);
});

test('STO-4: a second Mesh is refused, with the place in its document', async () => {
  const outcome = await applyText(
    testStore(),
    'apiVersion: pilotless.dev/v1\nkind: Mesh\nmetadata: {name: other}\nspec: {}',
  );
  assert.ok(outcome.outcome === 'refused');
  assert.deepEqual(
    outcome.errors.map(({ code, kind, name, path }) => ({ code, kind, name, path })),
    [{ code: 'INVALID_METADATA', kind: 'Mesh', name: 'other', path: 'metadata.name' }],
  );
});

test('a reference to a gateway that does not exist is a warning; one within the request is none', async () => {
  const store = testStore();
  const withGateway = `${virtualService('a')}\n  gateways: [mesh, edge]`;
  const gateway =
    'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.com]}]}';
  const alone = await applied(store, withGateway, { isDryRun: true });
  assert.deepEqual(alone.results[0]?.warnings, [
    'spec.gateways[1]: refers to Gateway/default/edge, which does not exist (yet)',
  ]);
  const together = await applied(store, documents(withGateway, gateway));
  assert.deepEqual(together.results[0]?.warnings, []);
});

test('a dry run answers as if, and stores nothing', async () => {
  const store = testStore();
  const outcome = await applied(store, virtualService('a'), { isDryRun: true });
  assert.equal(outcome.results[0]?.action, 'created');
  assert.equal(outcome.revision, 0);
  assert.equal(await readObject(store, key('a')), undefined);
});

test('STO-4: expectRevision is a conflict once the store has moved on', async () => {
  const store = testStore();
  await applied(store, virtualService('a'), { expectRevision: 0 });
  const late = await applyText(store, virtualService('b'), { expectRevision: 0 });
  assert.ok(late.outcome === 'conflict');
  assert.equal(late.revision, 1);
  assert.equal(late.message, 'expected revision 0, but the newest is 1');
});

test('CS-4: a stale resourceVersion is a conflict that names the document; the newest one is accepted', async () => {
  const store = testStore();
  await applied(store, virtualService('a'));
  await applied(store, virtualService('a', { host: 'ratings' }));
  const written = (resourceVersion: string) =>
    virtualService('a', { host: 'details' }).replace('{"name"', `{"resourceVersion":"${resourceVersion}","name"`);
  const stale = await applyText(store, documents(virtualService('b'), written('1')));
  assert.ok(stale.outcome === 'conflict');
  assert.equal(stale.message, 'conflicting resource version, try again');
  assert.deepEqual(
    stale.errors.map(({ document, name, path }) => ({ document, name, path })),
    [{ document: 2, name: 'a', path: 'metadata.resourceVersion' }],
  );
  assert.equal((await applied(store, written('2'))).revision, 3);
});

test('STO-6: resourceVersion is the revision that last changed the object', async () => {
  const store = testStore();
  await applied(store, documents(virtualService('a'), virtualService('b')));
  await applied(store, virtualService('b', { host: 'ratings' }));
  assert.equal((await readObject(store, key('a')))?.metadata.resourceVersion, '1');
  assert.equal((await readObject(store, key('b')))?.metadata.resourceVersion, '2');
});

test('CS-3, CS-4: uid and creation time stay for life; the generation grows with the spec alone', async () => {
  const store = testStore();
  await applied(store, virtualService('a'));
  const born = (await readObject(store, key('a')))?.metadata;
  assert.equal(born?.generation, 1);
  assert.equal(born?.creationTimestamp, '2026-01-01T00:00:00Z');
  await store.clock.sleep(5000 as never);
  await applied(store, virtualService('a', { labels: { team: 'x' } }));
  const labelled = (await readObject(store, key('a')))?.metadata;
  assert.deepEqual([labelled?.uid, labelled?.creationTimestamp], [born?.uid, born?.creationTimestamp]);
  assert.deepEqual([labelled?.generation, labelled?.resourceVersion], [1, '2']);
  await applied(store, virtualService('a', { host: 'ratings' }));
  assert.equal((await readObject(store, key('a')))?.metadata.generation, 2);
});

test('prune takes out what the selector selects and the request does not name', async () => {
  const store = testStore();
  const labels = { app: 'shop' };
  await applied(
    store,
    documents(virtualService('a', { labels }), virtualService('b', { labels }), virtualService('c')),
  );
  const selector = parseLabelSelector('app=shop');
  assert.ok(selector.ok);
  const outcome = await applied(store, virtualService('a', { labels }), { prune: selector.value });
  assert.deepEqual(
    outcome.results.map(({ name, action }) => [name, action]),
    [
      ['a', 'unchanged'],
      ['b', 'pruned'],
    ],
  );
  assert.equal(await readObject(store, key('b')), undefined);
  assert.ok(await readObject(store, key('c')));
});

test('STO-2: a one-object change among 3,000 stores few blobs', async () => {
  const blobs = memoryBlobs();
  let stored = 0;
  const counted = {
    ...blobs,
    putAll: async (bodies: readonly Uint8Array[]) => {
      stored += bodies.length;
      return blobs.putAll(bodies);
    },
  };
  const store = testStore({ blobs: counted });
  const many = Array.from({ length: 3_000 }, (_, index) => virtualService(`vs-${index}`));
  await applied(store, documents(...many));
  stored = 0;
  await applied(store, virtualService('vs-7', { host: 'ratings' }));
  assert.ok(stored <= 8, `${stored} blobs for one object`);
});

/** Records whose first head write does what it is told before or instead of answering. */
function recordsWith(putHead: (write: () => Promise<Etag | undefined>) => Promise<Etag | undefined>): Records {
  const records = memoryRecords();
  let isFirst = true;
  return {
    ...records,
    putIf: (recordKey, record, expected) => {
      const write = () => records.putIf(recordKey, record, expected);
      if (!isFirst) return write();
      isFirst = false;
      return putHead(write);
    },
  };
}

test('STO-5: an answer of the store that was lost after the head moved is found in the history', async () => {
  const records = recordsWith(async (write) => {
    await write();
    throw new StoreUnavailable('config/head');
  });
  const store = testStore({ records });
  assert.equal((await applied(store, virtualService('a'))).revision, 1);
  assert.equal((await readHistory(store, { limit: 10 })).revisions.length, 1);
});

test('STO-5: a head write that never happened is repeated', async () => {
  const records = recordsWith(() => Promise.reject(new StoreUnavailable('config/head')));
  assert.equal((await applied(testStore({ records }), virtualService('a'))).revision, 1);
});

test('STO-3: an apply writes one record, which is the head', async () => {
  const ports = testStore();
  const written: string[] = [];
  const records: Records = {
    ...ports.records,
    putIf: async (recordKey, record, expected) => {
      written.push(`${recordKey.partition}/${recordKey.id}`);
      return ports.records.putIf(recordKey, record, expected);
    },
  };
  await applied({ ...ports, records }, documents(virtualService('a'), virtualService('b')));
  assert.deepEqual(written, ['config/head']);
});

test('STO-4: a lost race is planned again on the new head', async () => {
  const ports = testStore();
  const other = testStore({ blobs: ports.blobs, records: ports.records });
  let raced = false;
  const records: Records = {
    ...ports.records,
    putIf: async (recordKey, record, expected) => {
      if (!raced) {
        raced = true;
        await applied(other, virtualService('a', { host: 'ratings' }));
      }
      return ports.records.putIf(recordKey, record, expected);
    },
  };
  const outcome = await applied({ ...ports, records }, virtualService('a'));
  assert.equal(outcome.revision, 2);
  assert.equal(outcome.results[0]?.action, 'configured');
});

test('STO-5: a repeated request is answered by its idempotency key, and makes no second revision', async () => {
  const store = testStore();
  await applied(store, documents(virtualService('same'), virtualService('b')));
  const text = documents(virtualService('same'), virtualService('a'), virtualService('b', { host: 'x' }));
  const first = await applied(store, text, { idempotencyKey: 'k1' });
  await applied(store, virtualService('a', { host: 'later' }), { idempotencyKey: 'k2' });
  assert.deepEqual(await applied(store, text, { idempotencyKey: 'k1' }), first);
  assert.equal((await newestState(store)).revision, 3);
});

test('STO-5: a key that was used for another request is a conflict', async () => {
  const store = testStore();
  await applied(store, virtualService('a'), { idempotencyKey: 'k1' });
  const other = await applyText(store, virtualService('b'), { idempotencyKey: 'k1' });
  assert.ok(other.outcome === 'conflict');
  assert.match(other.message, /used for another request, which made revision 1/);
});

test('CS-3: a creation time that a document brings is kept in UTC; what is no time is not', async () => {
  const store = testStore();
  const born = (name: string, time: string) =>
    virtualService(name).replace('{"name"', `{"creationTimestamp":"${time}","name"`);
  await applied(store, documents(born('a', '2020-05-01T12:00:00+02:00'), born('b', 'long ago')));
  assert.equal((await readObject(store, key('a')))?.metadata.creationTimestamp, '2020-05-01T10:00:00Z');
  assert.equal((await readObject(store, key('b')))?.metadata.creationTimestamp, '2026-01-01T00:00:00Z');
});

test('every apply leaves one line in the log: which revision, how much changed, how long it took', async () => {
  const log = recordingLog();
  const store = testStore({ log });
  await applyText(store, documents(virtualService('a'), virtualService('b')));
  await applyText(store, documents(virtualService('a'), virtualService('b', { host: 'ratings' })), { message: 'why' });
  await applyText(store, virtualService('a'));
  await applyText(store, virtualService('c'), { isDryRun: true });
  await applyText(store, virtualService('c'), { expectRevision: 7 });
  await applyText(store, documents('kind: [', virtualService('c')));
  await rollback(store, { revision: 1, writer: 'tester', isDryRun: false });
  const line = { outcome: 'applied', created: 0, configured: 0, pruned: 0, lostRaces: 0, writer: 'tester', ms: 0 };
  assert.deepEqual(log.fieldsOf('apply'), [
    { ...line, revision: 1, created: 2 },
    { ...line, revision: 2, configured: 1, message: 'why' },
    { ...line, revision: 2 },
    { ...line, revision: 2 },
    { ...line, outcome: 'conflict', revision: 2 },
    { outcome: 'refused', documents: 1, errors: 1, writer: 'tester' },
    { ...line, revision: 3, configured: 1, message: 'rollback to revision 1' },
  ]);
});
