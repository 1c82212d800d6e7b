import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import type { RecordKey, Records } from '../../../lib/ports/records.ts';
import { StoreUnavailable } from '../../../lib/ports/store-errors.ts';
import { sentIn, serviceEntry, sidecarNode, testDelivery } from '../../support/delivery.ts';

const reviews = 'outbound|80||reviews.default.svc.cluster.local';
const entry = (...addresses: readonly string[]): string =>
  serviceEntry('reviews.default.svc.cluster.local', ...addresses);

test('VIEW-4: the first poll of an unknown view is answered from a build within the poll', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  const { resources, type_url } = await sentIn(await service.poll('clusters'));
  assert.equal(type_url, 'type.googleapis.com/envoy.config.cluster.v3.Cluster');
  assert.ok(resources.some(({ name }) => name === reviews));
  assert.equal(service.log.fieldsOf('first-poll').length, 1);
});

test('a build, what it publishes and the first poll of a proxy leave one line each in the log', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  await service.poll('clusters');
  await service.poll('listeners');
  service.configure(entry('10.0.0.2'));
  await service.builder.build('config');

  const [first, ...more] = service.log.fieldsOf('first-poll');
  assert.deepEqual(more, []);
  const view = String(first?.['view']);
  assert.deepEqual(first, {
    ...{ proxy: sidecarNode.id, type: 'sidecar', namespace: 'default', view },
    ...{ revision: 1, channel: 'clusters', answer: 'send', ms: 0 },
  });
  const [build] = service.log.fieldsOf('build');
  assert.deepEqual(build, {
    ...{ trigger: 'config', requests: 1, revision: 2, epoch: 1, views: 1, issues: 0, ms: 0 },
    ...{ kept: 0, replaced: 1, 'stepped-down': 0, 'too-old': 0, 'lost-race': 0, failed: 0 },
  });
  const [onDemand, published] = service.log.fieldsOf('publish');
  assert.deepEqual(
    [onDemand, published].map((line) => [line?.['view'], line?.['revision'], line?.['outcome'], line?.['ms']]),
    [
      [view, 1, 'replaced', 0],
      [view, 2, 'replaced', 0],
    ],
  );
  assert.equal(published?.['endpoints'], 1);
  assert.equal(typeof published['clusters'], 'number');
  assert.notEqual(published['manifest'], onDemand?.['manifest']);
});

test('GET /metrics counts polls by type and by what they were answered', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  const { version_info } = await sentIn(await service.poll('clusters'));
  await service.poll('clusters', { version: version_info });
  await service.poll('clusters', { version: version_info });
  await service.poll('clusters', { node: { id: '' } });
  const counted = await (await service.operations(new Request('http://xds/metrics'))).text();
  const polls = counted.split('\n').filter((line) => line.startsWith('pilotless_polls_total{'));
  assert.deepEqual(polls.sort(), [
    'pilotless_polls_total{type="clusters",answer="refused"} 1',
    'pilotless_polls_total{type="clusters",answer="send"} 1',
    'pilotless_polls_total{type="clusters",answer="up-to-date"} 2',
  ]);
});

test('PX-11: a poll with the version that it was sent gets a 304 without a body', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  const { version_info } = await sentIn(await service.poll('endpoints', { names: [reviews] }));
  const again = await service.poll('endpoints', { names: [reviews], version: version_info });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), '');
});

test('BLD-1: a build of the next revision reaches the next poll', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  const first = await sentIn(await service.poll('endpoints', { names: [reviews] }));
  service.configure(entry('10.0.0.2'));
  assert.deepEqual(await service.builder.build('config'), {
    outcome: 'built',
    revision: 2,
    views: { kept: 0, replaced: 1, 'stepped-down': 0, 'too-old': 0, 'lost-race': 0, failed: 0 },
  });
  const second = await sentIn(await service.poll('endpoints', { names: [reviews], version: first.version_info }));
  assert.notEqual(second.version_info, first.version_info);
  assert.match(JSON.stringify(second.resources), /10\.0\.0\.2/);
});

test('BLD-1: calls for a build while one runs share the one after it', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  await service.poll('clusters');
  const [, ...later] = await Promise.all(Array.from({ length: 10 }, () => service.builder.build('config')));
  assert.equal(service.log.fieldsOf('build').length, 1);
  assert.equal(new Set(later).size, 1);
});

test('BLD-3: an edit that the view cannot see publishes nothing', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  await service.poll('clusters');
  service.configure(`${entry('10.0.0.1')}
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: hidden, namespace: elsewhere }
spec: { hosts: [hidden.example.com], exportTo: ['.'], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }
`);
  const report = await service.builder.build('config');
  assert.equal(report.outcome === 'built' && report.views.kept, 1);
});

test('VIEW-2: equal proxies share one view, one build and one head', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  for (const ip of ['10.0.1.1', '10.0.1.2', '10.0.1.3']) {
    const id = `sidecar~${ip}~client-${ip}.default~default.svc.cluster.local`;
    await service.poll('clusters', { node: { ...sidecarNode, id } });
  }
  const report = await service.builder.build('config');
  assert.equal(report.outcome === 'built' && Object.values(report.views).reduce((a, b) => a + b), 1);
  assert.equal((await service.ports.records.list('heads')).records.length, 1);
});

test('BLD-7: a build that fails leaves the last good snapshot served', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  const { version_info } = await sentIn(await service.poll('clusters'));
  const failing = testDelivery({
    ...service.ports,
    config: {
      newestRevision: async () => 2,
      newestHealth: async () => '',
      readNewest: async () => Promise.reject(new Error('a bug of ours')),
    },
  });
  await assert.rejects(failing.builder.build('config'), /a bug of ours/);
  assert.equal((await service.poll('clusters', { version: version_info })).status, 304);
});

/** Records that count their reads and can be told to be away. */
function watched(): { readonly records: Records; reads: RecordKey[]; away: boolean } {
  const inner = memoryRecords();
  const state = { reads: [] as RecordKey[], away: false, records: inner };
  const guard = (key: RecordKey): void => {
    state.reads.push(key);
    if (state.away) throw new StoreUnavailable(key.id);
  };
  state.records = {
    ...inner,
    get: async (key) => {
      guard(key);
      return inner.get(key);
    },
  };
  return state;
}

test('DLV-1: an unchanged poll reads nothing within the freshness time and one record after it', async () => {
  const store = watched();
  const service = testDelivery({ records: store.records });
  service.configure(entry('10.0.0.1'));
  const { version_info } = await sentIn(await service.poll('clusters'));
  store.reads = [];
  await service.poll('clusters', { version: version_info });
  assert.deepEqual(store.reads, []);
  service.clock.advance(1_001);
  const polls = await Promise.all(
    Array.from({ length: 20 }, () => service.poll('clusters', { version: version_info })),
  );
  assert.deepEqual(new Set(polls.map(({ status }) => status)), new Set([304]));
  assert.deepEqual(
    store.reads.map(({ partition }) => partition),
    ['heads'],
  );
});

test('DLV-8: with the store down a warm process serves what it saw last, and a cold one says when to come again', async () => {
  const store = watched();
  const service = testDelivery({ records: store.records });
  service.configure(entry('10.0.0.1'));
  const { version_info } = await sentIn(await service.poll('clusters'));
  store.away = true;
  service.clock.advance(5_000);
  assert.equal((await service.poll('clusters', { version: version_info })).status, 304);
  assert.equal((await service.poll('clusters')).status, 200);
  const cold = await testDelivery({ records: store.records }).poll('clusters');
  assert.equal(cold.status, 503);
  assert.ok(Number(cold.headers.get('retry-after')) > 0);
  assert.equal(cold.headers.get('x-pilotless'), null);
});

test('DLV-6: a mesh at rest writes nothing but a heartbeat a minute', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  const { version_info } = await sentIn(await service.poll('clusters'));
  await service.poll('clusters', { version: version_info });
  await service.flush();
  const etagNow = async (): Promise<string | undefined> =>
    (await service.ports.records.list('proxies')).records[0]?.etag;
  const written = await etagNow();
  for (let second = 0; second < 50; second += 5) {
    service.clock.advance(5_000);
    await service.poll('clusters', { version: version_info });
    await service.flush();
  }
  assert.equal(await etagNow(), written);
  service.clock.advance(10_000);
  await service.poll('clusters', { version: version_info });
  await service.flush();
  assert.notEqual(await etagNow(), written);
});

test('BLD-2: a builder that does not hold the lease builds nothing', async () => {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  await service.builder.build('config');
  const other = testDelivery({ ...service.ports, holder: 'other' });
  assert.deepEqual(await other.builder.build('config'), { outcome: 'followed' });
  service.clock.advance(30_000);
  assert.equal((await other.builder.build('config')).outcome, 'built');
});
