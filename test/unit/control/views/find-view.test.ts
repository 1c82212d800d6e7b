import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContentHash } from '../../../../lib/base/hashing.ts';
import type { DeliveryPorts } from '../../../../lib/control/delivery-service.ts';
import type { ConfigSource } from '../../../../lib/control/build/worlds.ts';
import { CorruptStore, StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { countedStore } from '../../../support/counted-store.ts';
import { sentIn, serviceEntry, sidecarNode, testDelivery, type TestDelivery } from '../../../support/delivery.ts';
import { interceptBlobs, interceptRecords, type StoreCall } from '../../../../tools/support/intercepted-store.ts';

const host = 'reviews.default.svc.cluster.local';
const taskNode = (task: string, address: string, labels: Readonly<Record<string, string>> = {}) => ({
  ...sidecarNode,
  id: `sidecar~${address}~${task}.default~default.svc.cluster.local`,
  metadata: { ...sidecarNode.metadata, LABELS: labels },
});
const selecting = (label: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: by-label }
spec: { host: ${host}, workloadSelector: { matchLabels: { ${label}: v1 } }, trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 } } } }
---`;

/** Another process on the same store, which may not read the config. */
function pollerBeside(service: TestDelivery): {
  readonly poller: TestDelivery;
  readonly calls: () => readonly string[];
} {
  const { blobs, records, clock, metrics } = service.ports;
  const store = countedStore({ blobs, records });
  const unread: ConfigSource = {
    newestRevision: () => Promise.reject(new Error('a poll asked for the config')),
    newestHealth: () => Promise.reject(new Error('a poll asked for health')),
    readNewest: () => Promise.reject(new Error('a poll read the config')),
  };
  const poller = testDelivery({ ...store, clock, metrics, config: unread, hearsAllPolls: false });
  return { poller, calls: () => store.takeCalls() };
}

/** The store as it is until it is down. */
function storeThatGoes(
  { blobs, records }: Pick<DeliveryPorts, 'blobs' | 'records'>,
  state: { readonly isDown: boolean },
) {
  const intercept = async <T>({ what, run }: StoreCall<T>): Promise<T> => {
    if (state.isDown) throw new StoreUnavailable(what);
    return run();
  };
  return { blobs: interceptBlobs(blobs, intercept), records: interceptRecords(records, intercept) };
}

const entries = (count: number): string =>
  Array.from({ length: count }, (_, n) =>
    serviceEntry(`svc${n}.default.svc.cluster.local`, `10.1.${n >> 8}.${n & 255}`),
  ).join('');

test('DLV-1: a process that has answered a poll answers it again without any call of the store', async () => {
  const service = testDelivery();
  service.configure(entries(3));
  await service.poll('clusters');
  await service.builder.build('config');
  const { poller, calls } = pollerBeside(service);
  const { version_info: version } = await sentIn(await poller.poll('clusters'));
  await poller.poll('clusters', { version });
  await poller.flush();
  calls();

  assert.equal((await poller.poll('clusters', { version })).status, 304);
  await poller.flush();
  assert.deepEqual(calls(), []);
});

test('DLV-1: a cold process finds a view by a few reads, however many services there are, and never reads the config', async () => {
  for (const services of [2, 60, 400]) {
    const service = testDelivery();
    service.configure(entries(services));
    await service.poll('clusters');
    await service.builder.build('config');
    const { poller, calls } = pollerBeside(service);
    await sentIn(await poller.poll('clusters', { node: taskNode('other', '10.0.0.77') }));
    const made = calls();
    const toFindIt = made.slice(0, made.findIndex((call) => call.startsWith('records.get views/')) + 1);
    assert.ok(toFindIt.length <= 6, toFindIt.join(', '));
    assert.ok(made.filter((call) => call.startsWith('records.')).length <= 9, made.join(', '));
  }
});

test('VIEW-5: own ports are told by the index as by the world', async () => {
  const service = testDelivery();
  service.configure(entries(100));
  const node = taskNode('own', '10.1.0.42');
  const redirected = { ...node, metadata: { ...node.metadata, INTERCEPTION_MODE: 'REDIRECT' } };
  const first = await sentIn(await service.poll('clusters', { node: redirected }));
  assert.ok(first.resources.some(({ name }) => name?.startsWith('inbound|')));
  await service.builder.build('config');
  const { poller } = pollerBeside(service);
  assert.deepEqual(await sentIn(await poller.poll('clusters', { node: redirected })), first);
});

test('VIEW-2: 500 equal tasks cost one registration', async () => {
  const service = testDelivery();
  service.configure(entries(1));
  for (let n = 0; n < 500; n += 1)
    await service.poll('clusters', { node: taskNode(`t${n}`, `10.2.${n >> 8}.${n & 255}`) });
  await service.flush();
  const { records } = await service.ports.records.list('views');
  assert.equal(records.length, 1);
  assert.ok(JSON.stringify(records).length < 4_000);
});

test('VIEW-4: proxies that a new selector tells apart find their views built before they poll again', async () => {
  const service = testDelivery();
  service.configure(entries(1) + serviceEntry(host, '10.0.0.1'));
  const nodes = [taskNode('a', '10.0.0.5', { version: 'v1' }), taskNode('b', '10.0.0.6', { version: 'v2' })];
  for (const node of nodes) await service.poll('clusters', { node });
  await service.flush();
  assert.equal((await service.ports.records.list('heads')).records.length, 1);

  service.configure(entries(1) + serviceEntry(host, '10.0.0.1') + selecting('version'));
  await service.builder.build('config');
  const { poller } = pollerBeside(service);
  const answers = await Promise.all(nodes.map(async (node) => sentIn(await poller.poll('clusters', { node }))));
  const limited = answers.map(({ resources }) => JSON.stringify(resources).includes('"maxConnections":7'));
  assert.deepEqual(limited, [true, false]);
});

test('VIEW-4: a member that has gone takes the view of those who stay with it neither from the builds nor from the polls', async () => {
  const service = testDelivery();
  service.configure(serviceEntry(host, '10.0.0.1', '10.0.0.2'));
  const [first, second] = [taskNode('a', '10.0.0.1'), taskNode('b', '10.0.0.2')];
  await service.poll('clusters', { node: first });
  await service.poll('clusters', { node: second });
  await service.flush();

  service.configure(serviceEntry(host, '10.0.0.2') + serviceEntry('new.default.svc.cluster.local', '10.0.0.3'));
  await service.builder.build('config');
  const { poller } = pollerBeside(service);
  const { resources } = await sentIn(await poller.poll('clusters', { node: second }));
  assert.ok(resources.some(({ name }) => name === 'outbound|80||new.default.svc.cluster.local'));
});

test('DLV-8: with the store down a process that knows a proxy answers it as before', async () => {
  const service = testDelivery();
  service.configure(entries(3));
  await service.poll('clusters');
  await service.builder.build('config');
  const { blobs, records, clock, metrics, config } = service.ports;
  const state = { isDown: false };
  const poller = testDelivery({
    ...storeThatGoes({ blobs, records }, state),
    clock,
    metrics,
    config,
    hearsAllPolls: false,
  });
  const { version_info: version } = await sentIn(await poller.poll('clusters'));
  state.isDown = true;
  service.clock.advance(60_000);
  assert.equal((await poller.poll('clusters', { version })).status, 304);
  assert.equal((await sentIn(await poller.poll('clusters'))).version_info, version);
});

test('STO-11: a damaged body is never sent: 503, a line in the log and an alarm of its own, and who has it in memory serves on', async () => {
  const service = testDelivery();
  service.configure(entries(3));
  const whole = await sentIn(await service.poll('clusters'));
  const { blobs, records, clock, config } = service.ports;
  const damaged = {
    ...blobs,
    get: async (hash: ContentHash): Promise<Uint8Array> => Promise.reject(new CorruptStore(`blob ${hash}`)),
  };
  const cold = testDelivery({ blobs: damaged, records, clock, config, hearsAllPolls: false });
  assert.equal((await cold.poll('clusters')).status, 503);
  assert.equal(cold.log.fieldsOf('poll-failed').length, 1);
  const metrics = await (await cold.operations(new Request('http://x/metrics'))).text();
  assert.match(metrics, /pilotless_corrupt_store_total 1/);
  assert.equal((await sentIn(await service.poll('clusters'))).version_info, whole.version_info);
});
