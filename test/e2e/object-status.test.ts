import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Condition } from '../../lib/resources/conditions.ts';
import { sidecarNode } from '../support/delivery.ts';
import { apply, startService } from '../support/local-mesh.ts';
import { runCli } from '../support/run-cli.ts';

const mesh = (subset: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: shop }
spec:
  hosts: [shop.test]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 10.0.0.1, labels: { version: v1 } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop }
spec: { host: shop.test, subsets: [{ name: v1, labels: { version: v1 } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop }
spec:
  hosts: [shop.test]
  http: [{ route: [{ destination: { host: shop.test, subset: ${subset} } }] }]
`;

const LOOPS = [
  ['clusters', []],
  ['endpoints', ['outbound|80||shop.test']],
  ['endpoints', ['outbound|80|v1|shop.test']],
  ['listeners', []],
  ['routes', ['80']],
] as const;

/** A proxy that takes everything: polls in all its loops, showing what it was sent the time before. */
function takingProxy(url: string): () => Promise<void> {
  const versions = new Map<string, string>();
  return async () => {
    for (const [type, names] of LOOPS) {
      const loop = `${type} ${names.join()}`;
      const body = { version_info: versions.get(loop) ?? '', node: sidecarNode, resource_names: names };
      const answer = await fetch(`${url}/v3/discovery:${type}`, { method: 'POST', body: JSON.stringify(body) });
      if (answer.status !== 200) continue;
      versions.set(loop, ((await answer.json()) as { readonly version_info: string }).version_info);
    }
  };
}

async function conditions(url: string): Promise<Readonly<Record<string, Condition>>> {
  const path = '/apis/networking.istio.io/v1/namespaces/default/virtualservices/shop';
  const { status } = (await (await fetch(`${url}${path}`)).json()) as {
    readonly status: { readonly conditions: readonly Condition[] };
  };
  return Object.fromEntries(status.conditions.map((condition) => [condition.type, condition]));
}

/** Polls until the condition holds; a service needs a moment to build, and a proxy some polls to take it. */
async function pollUntil(poll: () => Promise<void>, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    await poll();
    if (await holds()) return;
  }
  assert.fail('it did not come to that');
}

test('ST-9: a VirtualService tells of a subset that is not there, and becomes programmed when proxies have taken it', async (t) => {
  const service = await startService();
  t.after(() => service.stop());
  await apply(service.url, mesh('v9'));
  const poll = takingProxy(service.url);
  await pollUntil(poll, async () => (await conditions(service.url))['Accepted']?.reason === 'SubsetNotFound');
  const wrong = await conditions(service.url);
  assert.equal(wrong['Accepted']?.status, 'True', 'it is served all the same, as Istio does');
  assert.match(wrong['Accepted']?.message ?? '', /^leads to subset v9 of shop\.test, which no DestinationRule defines/);
  assert.match((await runCli(['get', 'vs'], { url: service.url })).stdout, /\nshop +SubsetNotFound +[01]\/1 +1 /);

  await apply(service.url, mesh('v1'));
  await pollUntil(poll, async () => (await conditions(service.url))['Programmed']?.status === 'True');
  const { Accepted, Reconciled, Programmed } = await conditions(service.url);
  assert.deepEqual([Accepted?.reason, Reconciled?.message], ['Accepted', 'built into the snapshots of revision 2']);
  assert.deepEqual([Programmed?.message, Programmed?.observedGeneration], ['1/1 proxies', 2]);
  assert.match((await runCli(['get', 'vs'], { url: service.url })).stdout, /\nshop +Programmed +1\/1 +2 /);
});
