import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionOf } from '../../../lib/resources/conditions.ts';
import type { Resource } from '../../../lib/resources/resource.ts';
import { resourcesOf } from '../../support/documents.ts';
import { sentIn, serviceEntry, testDelivery } from '../../support/delivery.ts';

const routed = (name: string, http: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec: { hosts: [${name}.test], http: [${http}] }
---`;
const services = serviceEntry('good.test', '10.0.0.1') + serviceEntry('bad.test', '10.0.0.2');
const redirect = (code: number) => `{ redirect: { uri: /elsewhere, redirectCode: ${code} } }`;
const documents = (name: string) =>
  services +
  routed('good', '{ redirect: { uri: /new, redirectCode: 301 } }') +
  routed('bad', redirect(305)) +
  serviceEntry(name, '10.0.0.3');

test('BLD-6: what a bad object asks for is left out and said on it alone; everything else is published', async () => {
  const service = testDelivery();
  service.configure(documents('third.test'));
  const names = ['80'];
  const { resources } = await sentIn(await service.poll('routes', { names }));
  const text = JSON.stringify(resources);
  assert.match(text, /"pathRedirect":"\/new"/);
  assert.match(text, /third\.test/);
  assert.doesNotMatch(text, /elsewhere/);
  await service.builder.build('config');

  const shown = await service.withConditions(resourcesOf(documents('third.test')));
  const accepted = (kind: Resource['kind'], name: string) => {
    const found = shown.find((resource) => resource.kind === kind && resource.metadata.name === name);
    return conditionOf(found ?? assert.fail(name), 'Accepted');
  };
  assert.deepEqual(
    [accepted('VirtualService', 'bad')?.status, accepted('VirtualService', 'bad')?.reason],
    ['False', 'RouteUnusable'],
  );
  assert.match(accepted('VirtualService', 'bad')?.message ?? '', /^spec\.http\[0\]/);
  for (const name of ['good', 'third']) assert.equal(accepted('ServiceEntry', name)?.status, 'True', name);
  assert.equal(accepted('VirtualService', 'good')?.status, 'True');
  const { text: metrics } = await service.ports.metrics.print();
  assert.match(metrics, /^pilot_total_rejected_configs\{type="virtualservice",name="default\/bad"\} [1-9]/m);

  service.configure(documents('fourth.test'));
  await service.builder.build('config');
  assert.match(JSON.stringify((await sentIn(await service.poll('routes', { names }))).resources), /fourth\.test/);
});
