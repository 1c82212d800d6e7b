import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { serviceEntry, testDelivery } from '../../../support/delivery.ts';

test('DLV-8: metrics are told while the store is away, and that it is away is told by readiness', async () => {
  const records = memoryRecords();
  let isAway = false;
  const service = testDelivery({
    records: {
      ...records,
      get: (key) => (isAway ? Promise.reject(new StoreUnavailable(key.id)) : records.get(key)),
      list: (partition, options) =>
        isAway ? Promise.reject(new StoreUnavailable(partition)) : records.list(partition, options),
    },
  });
  const get = (path: string): Promise<Response> => service.operations(new Request(`http://x${path}`));
  for (const [away, ready] of [
    [false, 200],
    [true, 503],
  ] as const) {
    isAway = away;
    service.clock.advance(60_000); // nothing that was read before counts
    assert.equal((await get('/readyz')).status, ready);
    const metrics = await get('/metrics');
    assert.equal(metrics.status, 200);
    assert.match(await metrics.text(), /^pilot_eds_no_instances 0$/m);
  }
});

test('PS-8: the configuration is told under the names of Istio’s debug pages', async () => {
  const service = testDelivery();
  service.configure(`${serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1')}
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { connectTimeout: 3s } }`);
  const get = async (path: string): Promise<unknown> => {
    const answers = path === '/debug/push_status' ? service.operations : service.debug;
    const answer = await answers(new Request(`http://x${path}`));
    assert.equal(answer.status, 200, path);
    return answer.json();
  };
  const objects = (await get('/debug/configz')) as readonly {
    kind: string;
    metadata: { name: string };
    spec: unknown;
  }[];
  assert.deepEqual(
    objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ['ServiceEntry reviews', 'Mesh default'],
  );
  assert.ok(objects.every(({ spec }) => typeof spec === 'object'));
  const mesh = (await get('/debug/mesh')) as Readonly<Record<string, unknown>>;
  assert.deepEqual([mesh['connectTimeout'], mesh['proxyListenPort']], ['3s', 15001], 'written, and by default');
  assert.deepEqual([await get('/debug/authorizationz'), await get('/debug/telemetryz')], [{}, {}], 'no such kinds yet');
  assert.deepEqual(await get('/debug/push_status'), {});
});
