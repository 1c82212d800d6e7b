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

/** The events of a watch as it goes, each with the object's Programmed condition. */
async function* programmedEvents(
  url: string,
): AsyncGenerator<{ readonly type: string; readonly programmed: Condition }> {
  const path = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
  const { metadata } = (await (await fetch(`${url}${path}`)).json()) as { metadata: { resourceVersion: string } };
  const query = `watch=true&timeoutSeconds=60&resourceVersion=${metadata.resourceVersion}`;
  const { body } = await fetch(`${url}${path}?${query}`);
  let text = '';
  for await (const chunk of (body ?? assert.fail()).pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as { type: string; object: { status: { conditions: Condition[] } } };
      const programmed = object.status.conditions.find((condition) => condition.type === 'Programmed');
      yield { type, programmed: programmed ?? assert.fail() };
    }
  }
}

test('ST-9: a watch tells when an object becomes programmed, and the time of that stays', async (t) => {
  const service = await startService();
  t.after(() => service.stop());
  const poll = takingProxy(service.url);
  await apply(service.url, mesh('v1'));
  await pollUntil(poll, async () => (await conditions(service.url))['Programmed']?.status === 'True');
  const first = (await conditions(service.url))['Programmed'];
  await apply(service.url, mesh('v9'));
  const statuses: string[] = [];
  for await (const { type, programmed } of programmedEvents(service.url)) {
    statuses.push(`${type} ${programmed.status} ${programmed.message}`);
    if (programmed.status === 'True' && programmed.observedGeneration === 2) break;
    await poll();
    await poll();
  }
  assert.equal(statuses.at(-1), 'MODIFIED True 1/1 proxies', statuses.join(', '));
  const second = (await conditions(service.url))['Programmed'];
  assert.ok((second?.lastTransitionTime ?? '') >= (first?.lastTransitionTime ?? assert.fail()));
  await poll();
  assert.deepEqual((await conditions(service.url))['Programmed'], second, 'asking again changes nothing');
});
