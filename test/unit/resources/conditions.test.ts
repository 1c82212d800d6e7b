import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Condition,
  conditionOf,
  hasCondition,
  withCondition,
  withoutCondition,
} from '../../../lib/resources/conditions.ts';

const healthy: Condition = { type: 'Healthy', status: 'True' };
const sick: Condition = { type: 'Healthy', status: 'False', reason: 'Probe' };
const accepted: Condition = { type: 'Accepted', status: 'Unknown' };
const withConditions = (...conditions: readonly unknown[]) => ({ name: 'a', status: { note: 'kept', conditions } });

test('CS-14, CS-15, ST-1: the first condition of a type is found; a status of another shape has none', () => {
  assert.equal(conditionOf(withConditions(accepted, sick, healthy), 'Healthy'), sick);
  assert.equal(conditionOf(withConditions(accepted), 'Healthy'), undefined);
  for (const status of [
    undefined,
    {},
    { conditions: 'Healthy' },
    { conditions: [null, 'Healthy', { status: 'True' }] },
  ]) {
    assert.equal(conditionOf({ ...(status && { status }) }, 'Healthy'), undefined);
  }
});

test('CS-14, CS-15, ST-2: True and False decide, anything else is the fallback', () => {
  for (const fallback of [true, false]) {
    assert.equal(hasCondition(withConditions(healthy), 'Healthy', fallback), true);
    assert.equal(hasCondition(withConditions(sick), 'Healthy', fallback), false);
    assert.equal(hasCondition(withConditions(accepted), 'Accepted', fallback), fallback);
    assert.equal(hasCondition({}, 'Healthy', fallback), fallback);
  }
});

test('CS-16, ST-3: a condition takes the place of the first of its type, or comes last; what it is given stays as it was', () => {
  const before = withConditions(sick, accepted, sick);
  const text = JSON.stringify(before);
  assert.deepEqual(withCondition(before, healthy), withConditions(healthy, accepted, sick));
  assert.deepEqual(withCondition(withConditions(accepted), healthy), withConditions(accepted, healthy));
  assert.deepEqual(withCondition({}, healthy), { status: { conditions: [healthy] } });
  assert.equal(JSON.stringify(before), text);
});

test('CS-17, ST-4: all conditions of a type go; with none of it the object is the very same', () => {
  const before = withConditions(sick, accepted, healthy);
  assert.deepEqual(withoutCondition(before, 'Healthy'), withConditions(accepted));
  assert.equal(withoutCondition(before, 'Programmed'), before);
  const empty = {};
  assert.equal(withoutCondition(empty, 'Healthy'), empty);
});
