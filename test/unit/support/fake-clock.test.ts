import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, epochMs } from '../../../lib/base/brand.ts';
import { fakeClock } from '../../support/fake-clock.ts';

test('a fake clock stands still until it is advanced', () => {
  const clock = fakeClock({ at: epochMs(1_000) });
  assert.equal(clock.now(), 1_000);
  clock.advance(250);
  assert.equal(clock.now(), 1_250);
});

test('sleepers wake when they are due, the earliest first', async () => {
  const clock = fakeClock({ at: epochMs(0) });
  const woken: string[] = [];
  const sleeps = [
    clock.sleep(durationMs(20)).then(() => woken.push('twenty')),
    clock.sleep(durationMs(10)).then(() => woken.push('ten')),
    clock.sleep(durationMs(30)).then(() => woken.push('thirty')),
  ];
  clock.advance(20);
  await Promise.all(sleeps.slice(0, 2));
  assert.deepEqual(woken, ['ten', 'twenty']);
  assert.equal(clock.sleepers(), 1);
  clock.advance(10);
  await Promise.all(sleeps);
  assert.equal(clock.sleepers(), 0);
  await clock.sleep(durationMs(0));
});
