import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { testDelivery } from '../../../support/delivery.ts';

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
