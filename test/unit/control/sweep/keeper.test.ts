import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../../lib/base/brand.ts';
import { contentHash } from '../../../../lib/base/hashing.ts';
import type { Head } from '../../../../lib/control/build/served-heads.ts';
import { sentIn, serviceEntry, sidecarNode, testDelivery, type TestDelivery } from '../../../support/delivery.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const one = serviceEntry('one.default.svc.cluster.local', '10.0.0.1');
const two = one + serviceEntry('two.default.svc.cluster.local', '10.0.0.2');
const nodeIn = (namespace: string) => ({
  ...sidecarNode,
  id: `sidecar~10.0.0.9~client.${namespace}~${namespace}.svc.cluster.local`,
  metadata: { ...sidecarNode.metadata, NAMESPACE: namespace },
});

async function headsOf({ ports }: TestDelivery): Promise<readonly Head[]> {
  return (await ports.records.list<Head>('heads')).records.map(({ record }) => record);
}

async function pollFor(service: TestDelivery, minutes: number, node: object): Promise<void> {
  for (let minute = 0; minute <= minutes; minute += 1) {
    await service.poll('clusters', { node });
    await service.flush();
    service.clock.advance(MINUTE);
  }
}

async function keepAll({ keeper }: TestDelivery): Promise<void> {
  while (!(await keeper.step()));
}

test('VIEW-4: a view that was polled for a while is forgotten after a day without polls, one that was asked for once after minutes', async () => {
  const service = testDelivery();
  service.configure(one);
  await pollFor(service, 5, nodeIn('steady'));
  await service.poll('clusters', { node: nodeIn('passing') });
  await keepAll(service);
  assert.equal((await headsOf(service)).length, 2);
  service.clock.advance(11 * MINUTE);
  await keepAll(service);
  assert.equal((await headsOf(service)).length, 1);
  service.clock.advance(23 * HOUR);
  await keepAll(service);
  assert.equal((await headsOf(service)).length, 1);
  service.clock.advance(HOUR);
  await keepAll(service);
  assert.equal((await headsOf(service)).length, 0);
  assert.equal((await service.ports.records.list('views')).records.length, 0);
});

test('VIEW-4: a view that is still polled stays, though the process that polls it writes only once a minute', async () => {
  const service = testDelivery();
  service.configure(one);
  await pollFor(service, 30, sidecarNode);
  service.clock.advance(9 * MINUTE);
  await pollFor(service, 1, sidecarNode);
  await keepAll(service);
  assert.equal((await headsOf(service)).length, 1);
});

test('BLD-1: a view that was forgotten and comes back is built anew, even where its old head was left', async () => {
  const service = testDelivery();
  service.configure(one);
  await pollFor(service, 5, sidecarNode);
  const [registration] = (await service.ports.records.list('views')).records;
  assert.ok(registration);
  // As a keeper leaves it that died between the two, or raced with a first poll.
  await service.ports.records.removeIf({ partition: 'views', id: registration.id }, registration.etag);
  service.configure(two);
  await service.builder.build('config');

  const other = testDelivery({ ...service.ports, hearsAllPolls: false });
  const { resources } = await sentIn(await other.poll('clusters'));
  assert.ok(resources.some(({ name }) => name === 'outbound|80||two.default.svc.cluster.local'));
});

test('STO-10, SNAP-3: a snapshot that a proxy may still run parts of stays as long as the proxy is known', async () => {
  const service = testDelivery({ retention: { blobs: durationMs(HOUR), revisions: undefined } });
  service.configure(one);
  await service.poll('clusters');
  await service.flush();
  const [before] = await headsOf(service);
  service.configure(two);
  await service.builder.build('config');
  const [after] = await headsOf(service);
  assert.ok(before && after && before.manifest !== after.manifest);

  for (let hours = 0; hours < 20; hours += 4) {
    service.clock.advance(4 * HOUR);
    await keepAll(service);
  }
  assert.ok(await service.ports.blobs.get(contentHash(before.manifest)));
  for (let hours = 0; hours < 24; hours += 4) {
    service.clock.advance(4 * HOUR);
    await keepAll(service);
  }
  assert.equal(await service.ports.blobs.get(contentHash(before.manifest)), undefined);
  const swept = service.log.fieldsOf('sweep').reduce((sum, line) => sum + Number(line['removed']), 0);
  assert.ok(swept > 0);
  const metrics = await (await service.operations(new Request('http://x/metrics'))).text();
  assert.match(metrics, new RegExp(`pilotless_swept_blobs_total ${swept}`));
});

test('VIEW-4, ROL-6: a client that invents proxies is turned away, and whoever is known is answered as before', async () => {
  const service = testDelivery();
  service.configure(one);
  const { version_info: version } = await sentIn(await service.poll('clusters'));
  const statuses: number[] = [];
  for (let n = 0; n < 600; n += 1) {
    const metadata = { ...sidecarNode.metadata, IDLE_TIMEOUT: `${n}s` };
    statuses.push(
      (await service.poll('clusters', { node: { ...sidecarNode, id: `sidecar~10.0.0.9~x${n}.default~d`, metadata } }))
        .status,
    );
  }
  assert.deepEqual([...new Set(statuses)], [200, 429]);
  assert.equal(statuses.filter((status) => status === 200).length, 499);
  assert.equal((await service.poll('clusters', { version })).status, 304);
  assert.equal((await service.poll('clusters', { node: nodeIn('other') })).status, 200);
  const metrics = await (await service.operations(new Request('http://x/metrics'))).text();
  assert.match(metrics, /pilotless_refused_views_total 101/);
});
