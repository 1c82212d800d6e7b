import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ViewSummary } from '../../../../lib/control/status/views-api.ts';
import { serviceEntry, sidecarNode, type TestDelivery, testDelivery } from '../../../support/delivery.ts';

async function viewsOf(
  service: TestDelivery,
): Promise<{ readonly revision: number; readonly views: readonly ViewSummary[] }> {
  const answer = await service.views(new Request('http://x/v1/views'));
  assert.equal(answer.status, 200);
  return (await answer.json()) as { readonly revision: number; readonly views: readonly ViewSummary[] };
}

const node = (name: string, namespace: string, labels: Readonly<Record<string, string>>) => ({
  ...sidecarNode,
  id: `sidecar~10.0.0.9~${name}.${namespace}~${namespace}.svc.cluster.local`,
  metadata: { ...sidecarNode.metadata, NAMESPACE: namespace, LABELS: labels },
});

test('VIEW-2: equal proxies are one view, with how many they are, what they share and what they are served', async () => {
  const service = testDelivery();
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  await service.poll('clusters', { node: node('cart-1', 'shop', { app: 'cart', pod: '1' }) });
  await service.poll('clusters', { node: node('cart-2', 'shop', { app: 'cart', pod: '2' }) });
  await service.poll('clusters', { node: node('pay-1', 'pay', { app: 'pay' }) });
  await service.builder.build('config');
  const { revision, views } = await viewsOf(service);
  assert.equal(revision, 1);
  assert.deepEqual(
    views.map(({ namespace, proxies, labels, snapshotRevision }) => [namespace, proxies, labels, snapshotRevision]),
    [
      ['pay', 1, { app: 'pay' }, 1],
      ['shop', 2, { app: 'cart' }, 1],
    ],
  );
  assert.deepEqual([views[0]?.facts.namespace, views[0]?.facts.selectedLabels], ['pay', {}]);
  assert.ok((views[0]?.resources['CDS'] ?? 0) >= 1);
  assert.match(views[0]?.publishedAt ?? '', /^\d{4}-\d\d-\d\dT/);
});

test('without a poll there is no view, and only GET is answered', async () => {
  const service = testDelivery();
  assert.deepEqual((await viewsOf(service)).views, []);
  const posted = await service.views(new Request('http://x/v1/views', { method: 'POST', body: '{}' }));
  assert.equal(posted.status, 405);
});
