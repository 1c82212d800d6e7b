import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import { watchedRecords } from '../../../lib/adapters/watched-records.ts';
import { triggerOf } from '../../../lib/control/build/build-triggers.ts';
import { localConfigApi } from '../../../lib/control/config/config-api.ts';
import { configSource } from '../../../lib/control/build/config-source.ts';
import { testPorts } from '../../support/config-store.ts';
import { sentIn, testDelivery } from '../../support/delivery.ts';

const documents = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: shop }
spec:
  hosts: [shop.test]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  workloadSelector: { labels: { app: shop } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: checked, annotations: { proxy.istio.io/health-checks-enabled: 'true' } }
spec: { address: 10.0.0.1, labels: { app: shop } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: plain }
spec: { address: 10.0.0.2, labels: { app: shop } }
`;

/** The config API and delivery over one store, with what its writes set off. */
async function service() {
  const triggers: string[] = [];
  const records = watchedRecords(memoryRecords(), (key) => triggers.push(triggerOf(key) ?? 'none'));
  const ports = testPorts({ blobs: memoryBlobs(), records });
  const config = localConfigApi(ports);
  const source = configSource(ports);
  const delivery = testDelivery({ blobs: ports.blobs, records, config: source });
  const send = async (method: string, path: string, body: string): Promise<number> =>
    (await config.fetch(new Request(`http://x${path}`, { method, body, headers: { 'content-type': MERGE } }))).status;
  assert.equal(await send('POST', '/v1/apply', documents), 200);
  triggers.length = 0;
  return {
    source,
    triggers,
    setHealth: (name: string, status: string) =>
      send(
        'PATCH',
        `${ENTRIES}/${name}/status`,
        JSON.stringify({ status: { conditions: [{ type: 'Healthy', status }] } }),
      ),
    send,
    /** What a proxy is told after a build. */
    addresses: async (): Promise<readonly string[]> => {
      await delivery.builder.build('health');
      delivery.clock.advance(60_000);
      const sent = await sentIn(await delivery.poll('endpoints', { names: ['outbound|80||shop.test'] }));
      return (JSON.stringify(sent).match(/10\.0\.0\.\d/g) ?? []).sort();
    },
  };
}

const MERGE = 'application/merge-patch+json';
const ENTRIES = '/apis/networking.istio.io/v1/namespaces/default/workloadentries';

test('CS-19, ST-5: an instance that is checked serves while its status says that it is healthy', async () => {
  const { addresses, setHealth, triggers } = await service();
  assert.deepEqual(await addresses(), ['10.0.0.2']);
  assert.equal(await setHealth('checked', 'True'), 200);
  assert.deepEqual(
    triggers.filter((trigger) => trigger !== 'none'),
    ['health'],
  );
  assert.deepEqual(await addresses(), ['10.0.0.1', '10.0.0.2']);
  assert.equal(await setHealth('checked', 'False'), 200);
  assert.deepEqual(await addresses(), ['10.0.0.2']);
});

test('ST-5: without the annotation the condition means nothing', async () => {
  const { addresses, setHealth } = await service();
  assert.equal(await setHealth('plain', 'False'), 200);
  assert.deepEqual(await addresses(), ['10.0.0.2']);
});

test('ST-5: the health of an instance that was deleted is not that of another one with its name', async () => {
  const { addresses, setHealth, send } = await service();
  await setHealth('checked', 'True');
  assert.equal(await send('DELETE', `${ENTRIES}/checked`, ''), 200);
  assert.equal(await send('POST', '/v1/apply', documents), 200);
  assert.deepEqual(await addresses(), ['10.0.0.2']);
  assert.equal(await setHealth('checked', 'True'), 200);
  assert.deepEqual(await addresses(), ['10.0.0.1', '10.0.0.2']);
});

test('ST-7: what anyone writes into other statuses sets nothing off and changes no input of a build', async () => {
  const { source, send, triggers } = await service();
  const before = await source.readNewest();
  const path = '/apis/networking.istio.io/v1/namespaces/default/serviceentries/shop/status';
  assert.equal(
    await send('PATCH', path, JSON.stringify({ status: { conditions: [{ type: 'Mine', status: 'True' }] } })),
    200,
  );
  assert.deepEqual(triggers, ['none']);
  const after = await source.readNewest();
  assert.deepEqual([after.revision, after.health], [before.revision, before.health]);
  assert.ok(after.resources.every((resource, index) => resource === before.resources[index]));
});
