import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapBounded } from '../../../../lib/adapters/aws/map-bounded.ts';

test('results are in the order of items, with no more than the width under way', async () => {
  let underWay = 0;
  let most = 0;
  const items = Array.from({ length: 50 }, (_, i) => i);
  const doubled = await mapBounded(items, 7, async (item) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < (item * 7) % 5; turn++) await Promise.resolve();
    underWay -= 1;
    return item * 2;
  });
  assert.deepEqual(
    doubled,
    items.map((item) => item * 2),
  );
  assert.equal(most, 7);
  assert.deepEqual(await mapBounded([], 7, async () => 1), []);
});

test('after a failure nothing new starts, what is under way ends first, and the failure is thrown', async () => {
  const started: number[] = [];
  let ended = 0;
  const working = mapBounded([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    if (item === 0) throw new Error('first');
    await Promise.resolve();
    ended += 1;
  });
  await assert.rejects(working, /first/);
  assert.deepEqual(started, [0, 1]);
  assert.equal(ended, 1);
});
