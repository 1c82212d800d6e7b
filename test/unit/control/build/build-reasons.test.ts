import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countReasons, mergedReasons, printReasons, reasonsOf } from '../../../../lib/control/build/build-reasons.ts';
import { serviceEntry, testDelivery } from '../../../support/delivery.ts';

test('PM-7: reasons are counted, and merging two builds loses none and changes neither', () => {
  const [one, other] = [reasonsOf(['config', 'config', 'health']), reasonsOf(['config', 'timer'])];
  const merged = mergedReasons(one, other);
  assert.deepEqual([...merged], [...Object.entries({ config: 3, health: 1, timer: 1 })]);
  assert.deepEqual([countReasons(merged), countReasons(one), countReasons(reasonsOf([]))], [5, 3, 0]);
  assert.deepEqual([merged.has('timer'), one.has('timer'), other.has('health')], [true, false, false]);
  assert.deepEqual([[...one], [...other]].map(Object.fromEntries), [
    { config: 2, health: 1 },
    { config: 1, timer: 1 },
  ]);
  assert.equal(printReasons(merged), 'config, health, timer');
});

test('PM-7: a build that stands for several requests has the reasons of them all', async () => {
  const service = testDelivery();
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  const build = (...reasons: readonly string[]) => service.builder.build(...reasons);
  await Promise.all([
    build('start'),
    Promise.resolve().then(() => Promise.all([build('config', 'config'), build('health')])),
  ]);
  await build('timer');
  assert.deepEqual(
    service.log.fieldsOf('build').map(({ trigger, requests }) => [trigger, requests]),
    [
      ['start', 1],
      ['config, health', 3],
      ['timer', 1],
    ],
  );
  const { text } = await service.ports.metrics.print();
  assert.match(text, /^pilot_push_triggers\{type="config"\} 2$/m);
  assert.match(text, /^pilot_push_triggers\{type="health"\} 1$/m);
});
