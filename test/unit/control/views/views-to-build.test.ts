import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Registration } from '../../../../lib/control/views/view-registry.ts';
import { serviceEntry, sidecarNode, testDelivery } from '../../../support/delivery.ts';

test('VIEW-4: a view that several registered ones have become keeps one proxy of each class', async () => {
  const service = testDelivery();
  // With each other port that is its own the proxy has another view, and the views of before lead to the same one.
  const addresses = ['10.0.0.9', '10.0.0.1'];
  for (let revision = 0; revision < 8; revision += 1) {
    const [address = ''] = addresses.slice(revision % 2);
    service.configure(serviceEntry(`s${revision % 3}.default.svc.cluster.local`, address));
    if (revision > 0) await service.builder.build('config');
    await service.poll('clusters', { node: sidecarNode });
    await service.flush();
  }
  const { records } = await service.ports.records.list<Registration>('views');
  assert.ok(records.length > 1);
  for (const { record } of records) assert.equal(record.members.length, 1);
});
