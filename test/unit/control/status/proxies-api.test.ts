import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import type { DeliveryPorts } from '../../../../lib/control/delivery-service.ts';
import type { ProxyStatus } from '../../../../lib/control/status/proxy-status.ts';
import { sentIn, serviceEntry, sidecarNode, type TestDelivery, testDelivery } from '../../../support/delivery.ts';

const reviews = 'outbound|80||reviews.default.svc.cluster.local';

async function get(service: TestDelivery, path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await service.proxies(new Request(`http://x${path}`));
  return { status: answer.status, body: await answer.json() };
}

async function statusOf(service: TestDelivery): Promise<ProxyStatus> {
  return (await get(service, '/v1/proxies/client.default')).body as ProxyStatus;
}

/** A service with one proxy that has polled clusters and one endpoint set until it had them. */
async function settled(replaced: Partial<DeliveryPorts> = {}): Promise<TestDelivery> {
  const service = testDelivery(replaced);
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  for (const [path, names] of [
    ['clusters', []],
    ['endpoints', [reviews]],
  ] as const) {
    const { version_info } = await sentIn(await service.poll(path, { names }));
    await service.poll(path, { names, version: version_info });
  }
  return service;
}

test('PX-18, DLV-13: a proxy that took what it was sent is synced, type by type', async () => {
  const status = await statusOf(await settled());
  assert.equal(status.status, 'SYNCED');
  assert.equal(status.types['CDS']?.status, 'SYNCED');
  assert.deepEqual([status.types['EDS']?.status, status.types['EDS']?.name], ['SYNCED', reviews]);
  assert.equal(status.types['LDS']?.status, 'NOT_SENT');
  assert.deepEqual([status.pollLoops, status.snapshotRevision], [2, 1]);
});

test('PS-2: a proxy is stale from the moment that there is something newer', async () => {
  const service = await settled();
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  const status = await statusOf(service);
  assert.deepEqual(
    [status.status, status.types['EDS']?.status, status.types['CDS']?.status],
    ['STALE', 'STALE', 'SYNCED'],
  );
});

test('PX-15: a rejection is over once the proxy has what is sent instead, also if that is what it kept', async () => {
  const service = await settled();
  const { acked: version = '' } = (await statusOf(service)).types['EDS'] ?? {};
  const repeat = async (polls: number): Promise<void> => {
    for (let poll = 0; poll < polls; poll += 1) await service.poll('endpoints', { names: [reviews], version });
  };
  for (const [address, status] of [
    ['10.0.0.2', 'REJECTED'],
    ['10.0.0.1', 'SYNCED'],
  ] as const) {
    service.configure(serviceEntry('reviews.default.svc.cluster.local', address));
    await service.builder.build('config');
    await repeat(3);
    assert.equal((await statusOf(service)).types['EDS']?.status, status);
  }
});

test('LAB-4: a proxy that keeps its old version after it was sent a newer one has rejected it', async () => {
  const service = await settled();
  const { acked: old = '' } = (await statusOf(service)).types['EDS'] ?? {};
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  for (let poll = 0; poll < 3; poll += 1) await service.poll('endpoints', { names: [reviews], version: old });
  const { types } = await statusOf(service);
  assert.equal(types['EDS']?.status, 'REJECTED');
  assert.equal(service.log.fieldsOf('rejected').length, 1);
});

test('DLV-5: an answer that came later than the proxy waits is no rejection', async () => {
  const stored = memoryBlobs();
  let readTakesMs = 0;
  const service = await settled({
    blobs: {
      ...stored,
      get: async (hash) => {
        if (readTakesMs > 0) service.clock.advance(readTakesMs);
        return stored.get(hash);
      },
    },
  });
  const { acked: old = '' } = (await statusOf(service)).types['EDS'] ?? {};
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  readTakesMs = 6_000;
  const late = { names: [reviews], version: old, headers: { 'x-envoy-expected-rq-timeout-ms': '5000' } };
  assert.equal((await service.poll('endpoints', late)).status, 200);
  readTakesMs = 0;
  await service.poll('endpoints', late);
  assert.equal((await statusOf(service)).types['EDS']?.status, 'STALE');
});

test('PS-3: a proxy that is silent for three refresh times is disconnected, and forgotten after a day', async () => {
  const service = await settled();
  service.clock.advance(15_001);
  assert.equal((await statusOf(service)).status, 'DISCONNECTED');
  service.clock.advance(24 * 3_600_000);
  assert.equal((await get(service, '/v1/proxies/client.default')).status, 404);
});

test('a loop that the proxy ended is not held against it', async () => {
  const service = await settled();
  service.configure(serviceEntry('other.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  for (let poll = 0; poll < 8; poll += 1) {
    service.clock.advance(5_000);
    const answer = await service.poll('clusters', { version: (await statusOf(service)).types['CDS']?.sent ?? '' });
    assert.ok([200, 304].includes(answer.status));
  }
  const { status, pollLoops } = await statusOf(service);
  assert.deepEqual([status, pollLoops], ['SYNCED', 1]);
});

test('VIEW-2: the list shows every proxy, and one namespace when it is asked for', async () => {
  const service = await settled();
  const id = 'sidecar~10.0.0.7~db.other~other.svc.cluster.local';
  await service.poll('clusters', { node: { id, metadata: { NAMESPACE: 'other' } } });
  const all = (await get(service, '/v1/proxies')).body as { proxies: ProxyStatus[] };
  assert.deepEqual(
    all.proxies.map(({ namespace }) => namespace),
    ['other', 'default'],
  );
  const some = (await get(service, '/v1/proxies?namespace=default')).body as { proxies: ProxyStatus[] };
  assert.equal(some.proxies.length, 1);
  assert.equal((await get(service, `/v1/proxies/${encodeURIComponent(id)}`)).status, 200);
  assert.equal((await get(service, `/v1/proxies/${sidecarNode.id}`)).status, 200);
  assert.equal((await get(service, '/v1/proxies/nobody')).status, 404);
});

test('PS-1: what one process heard is known to another once it is written', async () => {
  const first = await settled();
  await first.flush();
  const second = testDelivery({ ...first.ports });
  assert.equal((await statusOf(second)).status, 'SYNCED');
  const report = await second.builder.build('timer');
  assert.equal(report.outcome === 'built' && report.views.kept, 1);
});

test('PX-15: a poll that says that its proxy refused what it was sent is believed at once, with the reason', async () => {
  const service = await settled();
  const { acked: version_info = '' } = (await statusOf(service)).types['EDS'] ?? {};
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  await sentIn(await service.poll('endpoints', { names: [reviews], version: version_info }));
  const refusal = {
    ...{ node: sidecarNode, version_info, resource_names: [reviews] },
    error_detail: { code: 13, message: 'no such locality' },
  };
  const body = JSON.stringify(refusal);
  await service.discovery(new Request('http://xds/v3/discovery:endpoints', { method: 'POST', body }));
  const { status, reason, suspects } = (await statusOf(service)).types['EDS'] ?? assert.fail();
  assert.deepEqual([status, reason, suspects], ['REJECTED', 'no such locality', [reviews]]);
  const [line] = service.log.fieldsOf('rejected');
  assert.equal(line?.['reason'], 'no such locality');
});

test('PS-7: what a proxy is given is dumped in the shape of Envoy’s own dump, of some types or of all', async () => {
  const service = await settled();
  const dump = async (query: string) => {
    const { status, body } = await get(service, `/v1/proxies/client.default/config-dump${query}`);
    const { configs = [] } = body as { readonly configs?: readonly Readonly<Record<string, unknown>>[] };
    return { status, configs };
  };
  const all = (await dump('')).configs.map((config) => String(config['@type']).split('.').at(-1));
  assert.deepEqual(all, [
    ...['ClustersConfigDump', 'ListenersConfigDump', 'RoutesConfigDump'],
    ...['EndpointsConfigDump', 'SecretsConfigDump', 'EcdsConfigDump'],
  ]);
  const [clusters, endpoints] = (await dump('?types=EDS,clusters')).configs;
  const active = clusters?.['dynamic_active_clusters'] as readonly { readonly cluster: { readonly name: string } }[];
  assert.ok(active.some(({ cluster }) => cluster.name === reviews));
  assert.equal(clusters?.['version_info'], (await statusOf(service)).types['CDS']?.sent);
  const assigned = endpoints?.['dynamic_endpoint_configs'] as readonly {
    readonly endpoint_config: Readonly<Record<string, unknown>>;
  }[];
  assert.deepEqual(
    assigned.map(({ endpoint_config }) => endpoint_config['clusterName']),
    [reviews],
  );
  assert.equal((await dump('?types=teapots')).status, 400);
  assert.equal((await get(service, '/v1/proxies/nobody/config-dump')).status, 404);
});

test('a proxy is explained by the newest configuration, with or without a request', async () => {
  const service = await settled();
  const node = {
    ...sidecarNode,
    id: sidecarNode.id.replace('client', 'redirected'),
    metadata: { NAMESPACE: 'default' },
  };
  await service.poll('clusters', { node });
  const explain = async (body: string) => {
    const url = 'http://x/v1/proxies/redirected.default/explain';
    const answer = await service.proxies(new Request(url, { method: 'POST', body }));
    return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
  };
  const host = 'reviews.default.svc.cluster.local';
  const { status, body } = await explain(JSON.stringify({ request: `GET http://${host}/` }));
  assert.deepEqual(
    [status, body['revision'], body['outcome']],
    [
      200,
      1,
      {
        ...{ listener: '0.0.0.0_80', routes: '80', virtualHost: `${host}:80`, route: 'default', cluster: reviews },
        ...{ host, path: '/' },
      },
    ],
  );
  const whole = await explain('');
  assert.deepEqual([whole.status, Object.hasOwn(whole.body, 'outcome')], [200, false]);
  for (const [wrong, message] of [
    ['[]', /no JSON object/],
    ['{"request": "teapot"}', /"teapot" is no request/],
    ['{"path": "/"}', /path is not understood/],
    ['{"headers": {"a": 1}}', /headers is no object of texts/],
    ['{"to": {"port": 0}}', /port between 1 and 65535/],
    ['{"direction": "up"}', /inbound or outbound/],
  ] as const) {
    const refused = await explain(wrong);
    assert.deepEqual([refused.status, refused.body['code']], [400, 'INVALID_QUESTION'], wrong);
    assert.match(String(refused.body['message']), message);
  }
  assert.equal((await explain(' '.repeat(70_000))).status, 413);
  assert.equal((await get(service, '/v1/proxies/client.default/explain')).status, 405);
});

test('SC-28: a proxy’s scope by the newest configuration, whole or of one host', async () => {
  const service = await settled();
  const { status, body } = await get(service, '/v1/proxies/client.default/scope');
  assert.equal(status, 200);
  const { proxy, revision, sidecar, outboundTrafficPolicy } = body as Readonly<Record<string, unknown>>;
  assert.deepEqual(
    [proxy, revision, sidecar, outboundTrafficPolicy],
    [sidecarNode.id, 1, undefined, { mode: 'ALLOW_ANY' }],
  );
  const hosts = async (query: string): Promise<readonly string[]> => {
    const answer = await get(service, `/v1/proxies/client.default/scope${query}`);
    return (answer.body as { readonly services: readonly { readonly host: string }[] }).services.map(
      ({ host }) => host,
    );
  };
  assert.deepEqual(await hosts(''), ['reviews.default.svc.cluster.local']);
  assert.deepEqual(await hosts('?host=*.Default.svc.cluster.local'), ['reviews.default.svc.cluster.local']);
  assert.deepEqual(await hosts('?host=ratings'), []);
  assert.equal((await get(service, '/v1/proxies/nobody/scope')).status, 404);
});

test('DLV-5: a version that was not taken is shown with the documents that its suspects were made of', async () => {
  const service = await settled();
  const { acked: old = '' } = (await statusOf(service)).types['EDS'] ?? {};
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  for (let poll = 0; poll < 4; poll += 1) await service.poll('endpoints', { names: [reviews], version: old });
  const { suspects } = (await get(service, '/v1/proxies/client.default')).body as { readonly suspects?: unknown };
  assert.deepEqual(suspects, [{ resource: `endpoints/${reviews}`, objects: ['ServiceEntry/default/reviews'] }]);
});

test('SE-21: a proxy’s hosts with their addresses, as JSON or as lines of a hosts file', async () => {
  const service = testDelivery();
  const host = (name: string, host: string, address: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name} }
spec: { hosts: ['${host}'], addresses: [${address}], resolution: STATIC, ports: [{ name: http, number: 80, protocol: HTTP }] }
---`;
  service.configure(`${host('a', 'a.com', '10.9.0.1')}${host('b', '*.b.com', '10.9.0.2')}
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.9.0.3, ports: [{ name: http, port: 80 }] }
`);
  await service.poll('clusters');
  const { body } = await get(service, '/v1/proxies/client.default/names');
  assert.deepEqual(body, {
    revision: 1,
    hosts: {
      '*.b.com': { ips: ['10.9.0.2'] },
      'a.com': { ips: ['10.9.0.1'] },
      'web.shop.svc.cluster.local': { ips: ['10.9.0.3'], name: 'web', namespace: 'shop' },
    },
  });
  const file = await service.proxies(new Request('http://x/v1/proxies/client.default/names?format=hosts'));
  assert.equal(await file.text(), '10.9.0.1 a.com\n10.9.0.3 web.shop.svc.cluster.local web.shop.svc web.shop\n');
  assert.equal((await get(service, '/v1/proxies/client.default/names?format=zone')).status, 400);
});
