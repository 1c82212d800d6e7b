import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../../lib/adapters/system/clock.ts';
import { durationMs } from '../../../../lib/base/brand.ts';

test('now is the time since 1970 in milliseconds', () => {
  const before = Date.now();
  const now = systemClock().now();
  assert.ok(now >= before && now <= Date.now());
});

test('sleep of nothing or less resolves, longer sleeps use one timer after another', async (t) => {
  await systemClock().sleep(durationMs(0));
  await systemClock().sleep(durationMs(-5));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let awake = false;
  const fortyDays = 40 * 24 * 60 * 60 * 1000;
  const sleeping = systemClock()
    .sleep(durationMs(fortyDays))
    .then(() => (awake = true));
  t.mock.timers.tick(2 ** 31 - 1);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(awake, false);
  t.mock.timers.tick(fortyDays - (2 ** 31 - 1));
  await sleeping;
  assert.equal(awake, true);
});
