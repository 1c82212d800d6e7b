import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMs } from '../../../../lib/base/brand.ts';
import { type DatedCondition, transitionTimes } from '../../../../lib/control/status/transition-times.ts';

const at = (seconds: number) => epochMs(seconds * 1_000);
const dated = (status: 'True' | 'False', since: number): readonly DatedCondition[] => [
  { condition: { type: 'Programmed', status, reason: 'x', observedGeneration: 1 }, since: at(since) },
];

test('a condition keeps the time of its last transition, whatever else is said of it, until its status changes', () => {
  const withTimes = transitionTimes();
  const seen = (conditions: readonly DatedCondition[], now: number, uid = 'a') =>
    withTimes(uid, conditions, at(now)).map(({ lastTransitionTime }) => lastTransitionTime?.slice(14, 19))[0];
  assert.equal(seen(dated('False', 2), 3), '00:02');
  assert.equal(seen(dated('False', 9), 10), '00:02', 'the same status was told another time');
  assert.equal(seen(dated('True', 12), 20), '00:12', 'it changed when it was brought about');
  assert.equal(seen(dated('False', 4), 30), '00:30', 'nothing that is stored says when: it was seen now');
  assert.equal(seen(dated('False', 4), 40), '00:30');
  assert.equal(seen(dated('False', 4), 40, 'b'), '00:04', 'another object of the same name has times of its own');
});
