import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { StoreUnavailable } from '../../../lib/ports/store-errors.ts';
import { type Intercept, interceptRecords } from '../../../tools/support/intercepted-store.ts';
import type { ProxyStatus } from '../../../lib/control/status/proxy-status.ts';
import {
  type DeltaAnswerBody,
  deltaIn,
  sentIn,
  serviceEntry,
  sidecarNode,
  type TestDelivery,
  testDelivery,
} from '../../support/delivery.ts';

const reviews = 'outbound|80||reviews.default.svc.cluster.local';
const entry = (...addresses: readonly string[]): string =>
  serviceEntry('reviews.default.svc.cluster.local', ...addresses);

function configured(): TestDelivery {
  const service = testDelivery();
  service.configure(entry('10.0.0.1'));
  return service;
}

async function change(service: TestDelivery, yaml: string): Promise<void> {
  service.configure(yaml);
  await service.builder.build('config');
}

async function typesOf(service: TestDelivery): Promise<ProxyStatus['types']> {
  const answer = await service.proxies(new Request('http://x/v1/proxies/client.default'));
  return ((await answer.json()) as ProxyStatus).types;
}

const versionsIn = ({ resources }: DeltaAnswerBody): Record<string, string> =>
  Object.fromEntries(resources.map(({ name, version }) => [name, version]));

test('DLV-3: a client that has nothing is sent all clusters, and what it is sent in a discovery poll is the same', async () => {
  const service = configured();
  const response = await service.delta('clusters');
  assert.equal(response.headers.get('x-pilotless'), '1', 'DLV-10: the marker');
  const delta = await deltaIn(response);
  const polled = await sentIn(await service.poll('clusters'));
  assert.deepEqual(
    delta.resources.map(({ resource }) => resource),
    polled.resources,
  );
  assert.equal(delta.type_url, polled.type_url);
  assert.equal(delta.system_version_info, polled.version_info);
  assert.deepEqual(delta.removed_resources, []);
});

test('DLV-3: equal state answers 304, whether it is listed or named by the nonce', async () => {
  const service = configured();
  const delta = await deltaIn(await service.delta('clusters'));
  const listed = await service.delta('clusters', { initial_resource_versions: versionsIn(delta) });
  const named = await service.delta('clusters', { responseNonce: delta.nonce });
  for (const answer of [listed, named]) {
    assert.deepEqual([answer.status, await answer.text()], [304, '']);
    assert.equal(answer.headers.get('etag'), `"${delta.nonce}"`);
    assert.equal(answer.headers.get('x-pilotless'), null);
  }
});

test('DLV-3: a change sends what changed and what is gone, and nothing else', async () => {
  const service = configured();
  const all = { resource_names_subscribe: ['*'] };
  const clusters = await deltaIn(await service.delta('clusters'));
  const sets = await deltaIn(await service.delta('endpoints', all));
  await change(service, entry('10.0.0.2'));
  assert.equal((await service.delta('clusters', { response_nonce: clusters.nonce })).status, 304);
  const changed = await deltaIn(await service.delta('endpoints', { ...all, response_nonce: sets.nonce }));
  assert.deepEqual(
    changed.resources.map(({ name }) => name),
    [reviews],
  );
  assert.match(JSON.stringify(changed.resources), /10\.0\.0\.2/);

  await change(service, serviceEntry('other.default.svc.cluster.local', '10.0.0.3'));
  const moved = await deltaIn(await service.delta('clusters', { initial_resource_versions: versionsIn(clusters) }));
  assert.deepEqual(
    [moved.resources.map(({ name }) => name), moved.removed_resources],
    [['outbound|80||other.default.svc.cluster.local'], [reviews]],
  );
});

test('DLV-3: many types in one poll are answered from one snapshot, in the order of application', async () => {
  const service = configured();
  const requests = ['listeners', 'routes', 'endpoints', 'clusters'].map((path) => ({
    type_url: TYPE_URLS[path],
    resource_names_subscribe: ['*'],
  }));
  const response = await service.delta('', { requests });
  const { responses } = (await response.json()) as { responses: readonly DeltaAnswerBody[] };
  assert.deepEqual(
    responses.map(({ type_url }) => type_url),
    ['clusters', 'endpoints', 'listeners', 'routes'].map((path) => TYPE_URLS[path]),
  );
  assert.ok(responses.every(({ resources }) => resources.length > 0));
  const withNonces = (answered: readonly DeltaAnswerBody[]) => ({
    requests: answered.map(({ type_url, nonce }) => ({
      type_url,
      response_nonce: nonce,
      resource_names_subscribe: ['*'],
    })),
  });
  assert.equal((await service.delta('', withNonces(responses))).status, 304);

  await change(service, entry('10.0.0.2'));
  const changed = await service.delta('', withNonces(responses));
  const { responses: next } = (await changed.json()) as { responses: readonly DeltaAnswerBody[] };
  assert.deepEqual(
    next.map(({ resources }) => resources.length),
    [0, 1, 0, 0],
  );
  assert.equal((await service.delta('', withNonces(next))).status, 304);
});

const TYPE_URLS: Readonly<Record<string, string>> = {
  clusters: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listeners: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  routes: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
};

test('PX-18: who shows the versions that it was sent has taken them, by whichever form', async () => {
  const service = configured();
  const delta = await deltaIn(await service.delta('clusters'));
  const some = { resource_names_subscribe: [reviews, 'unknown'] };
  const sets = await deltaIn(await service.delta('endpoints', some));
  assert.equal((await typesOf(service))['CDS']?.status, 'STALE');
  await service.delta('clusters', { response_nonce: delta.nonce });
  await service.delta('endpoints', { ...some, initial_resource_versions: versionsIn(sets) });
  const types = await typesOf(service);
  assert.deepEqual(
    [types['CDS']?.status, types['CDS']?.acked, types['EDS']?.status],
    ['SYNCED', delta.system_version_info, 'SYNCED'],
  );
  await change(service, `${entry('10.0.0.1')}${serviceEntry('new.default.svc.cluster.local', '10.0.0.2')}`);
  assert.equal((await typesOf(service))['CDS']?.status, 'STALE');
});

test('LAB-4: who shows the old versions after it was sent newer ones has rejected them', async () => {
  const service = configured();
  const delta = await deltaIn(await service.delta('clusters'));
  const had = { initial_resource_versions: versionsIn(delta) };
  await service.delta('clusters', had);
  await change(service, `${entry('10.0.0.1')}${serviceEntry('new.default.svc.cluster.local', '10.0.0.2')}`);
  const { nonce } = await deltaIn(await service.delta('clusters', had));
  const again = await service.delta('clusters', { ...had, response_nonce: nonce, error_detail: { message: 'no' } });
  assert.equal(again.status, 304, 'PX-15: what it did not take is not sent again');
  const { status, reason, suspects } = (await typesOf(service))['CDS'] ?? assert.fail();
  assert.deepEqual([status, reason, suspects], ['REJECTED', 'no', ['outbound|80||new.default.svc.cluster.local']]);

  await change(service, `${entry('10.0.0.1')}${serviceEntry('newer.default.svc.cluster.local', '10.0.0.2')}`);
  const next = await deltaIn(await service.delta('clusters', had));
  const has = { ...had.initial_resource_versions, ...versionsIn(next) };
  await service.delta('clusters', { initial_resource_versions: has });
  const after = (await typesOf(service))['CDS'] ?? assert.fail();
  assert.deepEqual([after.status, after.reason], ['SYNCED', undefined], 'what it takes next clears it');
});

test('PS-2: who wants all endpoints by deltas is stale from the moment that there is something newer', async () => {
  const service = configured();
  const all = { resource_names_subscribe: ['*'] };
  const { nonce } = await deltaIn(await service.delta('endpoints', all));
  await service.delta('endpoints', { ...all, response_nonce: nonce });
  assert.equal((await typesOf(service))['EDS']?.status, 'SYNCED');
  await change(service, entry('10.0.0.2'));
  assert.equal((await typesOf(service))['EDS']?.status, 'STALE');
});

test('other names to want are no rejection', async () => {
  const service = configured();
  const sets = await deltaIn(await service.delta('endpoints', { resource_names_subscribe: [reviews] }));
  const had = { initial_resource_versions: versionsIn(sets) };
  await service.delta('endpoints', { resource_names_subscribe: [reviews], ...had });
  const fewer = await deltaIn(await service.delta('endpoints', had));
  assert.deepEqual(fewer.removed_resources, [reviews]);
  assert.notEqual((await typesOf(service))['EDS']?.status, 'REJECTED');
});

test('a state that nobody knows is answered with 409 and what to do', async () => {
  const service = configured();
  const answer = await service.delta('clusters', { response_nonce: 'of-another-service' });
  assert.equal(answer.status, 409);
  const { code, message } = (await answer.json()) as { code: string; message: string };
  assert.equal(code, 'UNKNOWN_STATE');
  assert.match(message, /initial_resource_versions/);
});

test('GET /metrics counts delta polls with the others, type by type', async () => {
  const service = configured();
  const { nonce } = await deltaIn(await service.delta('clusters'));
  await service.delta('clusters', { response_nonce: nonce });
  await service.delta('', { requests: 'none' });
  const counted = await (await service.operations(new Request('http://xds/metrics'))).text();
  const polls = counted.split('\n').filter((line) => line.startsWith('pilotless_polls_total{'));
  assert.deepEqual(polls.sort(), [
    'pilotless_polls_total{type="clusters",answer="send"} 1',
    'pilotless_polls_total{type="clusters",answer="up-to-date"} 1',
    'pilotless_polls_total{type="delta",answer="refused"} 1',
  ]);
});

test('DLV-7: discovery polls and delta polls of one proxy count against one limit', async () => {
  const service = configured();
  await service.poll('clusters');
  const answers = await Promise.all(
    Array.from({ length: 5_000 }, (_, index) =>
      index % 2 === 0 ? service.poll('clusters', { version: 'x' }) : service.delta('clusters', { response_nonce: 'x' }),
    ),
  );
  const limited = answers.filter(({ status }) => status === 429);
  assert.equal(limited.length, 1);
  assert.equal(limited[0]?.headers.get('retry-after'), '1');
  service.clock.advance(durationMs(1_000));
  assert.equal((await service.poll('clusters')).status, 200);
});

for (const [title, path, status, code] of [
  ['PX-16: an unknown type', '/v3/delta:nonsense', 404, 'UNKNOWN_TYPE'],
  ['a path below', '/v3/delta/clusters', 404, 'UNKNOWN_TYPE'],
  ['discovery of no type', '/v3/discovery', 404, 'UNKNOWN_TYPE'],
  ['PX-16: no JSON', '/v3/delta:clusters', 400, 'MALFORMED_POLL'],
  ['PX-16: no JSON for many', '/v3/delta', 400, 'MALFORMED_POLL'],
] as const) {
  test(`${title} is answered with ${status}`, async () => {
    const request = new Request(`http://xds${path}`, { method: 'POST', body: 'hello' });
    const answer = await configured().discovery(request);
    assert.equal(answer.status, status);
    assert.equal(((await answer.json()) as { code: string }).code, code);
  });
}

test('DLV-7: a delta poll over the limit is answered with 413', async () => {
  const body = JSON.stringify({ node: sidecarNode, x: 'x'.repeat(4 * 1024 * 1024) });
  const answer = await configured().discovery(new Request('http://xds/v3/delta', { method: 'POST', body }));
  assert.equal(answer.status, 413);
});

test('DLV-8: with the store down nobody is sent something older than what another process sent it', async () => {
  const newer = testDelivery({ hearsAllPolls: false });
  newer.configure(entry('10.0.0.1'));
  await newer.delta('clusters');
  const store = { isAway: false };
  const intercept: Intercept = async ({ what, run }) => {
    if (store.isAway) throw new StoreUnavailable(what);
    return run();
  };
  const older = testDelivery({ ...newer.ports, records: interceptRecords(newer.ports.records, intercept) });
  const first = await deltaIn(await older.delta('clusters'));
  await change(newer, `${entry('10.0.0.1')}${serviceEntry('ratings.default.svc.cluster.local', '10.0.0.2')}`);
  const taken = await deltaIn(await newer.delta('clusters'));
  store.isAway = true;
  const versions = versionsIn(taken);
  for (const shown of [{ initial_resource_versions: versions }, { response_nonce: taken.nonce }]) {
    const answer = await older.delta('clusters', shown);
    assert.deepEqual([answer.status, answer.headers.get('x-pilotless')], [503, null]);
    assert.match(await answer.text(), /NOT_AGREED/);
  }
  const { version_info: version } = await sentIn(await newer.poll('clusters'));
  assert.equal((await older.poll('clusters', { version })).status, 304, 'a discovery poll keeps what it has');
  const atRest = await older.delta('clusters', { response_nonce: first.nonce });
  assert.equal(atRest.status, 304, 'who shows what was seen last has it');
  assert.equal((await older.delta('clusters')).status, 200, 'who has nothing is given what was seen last');
});
