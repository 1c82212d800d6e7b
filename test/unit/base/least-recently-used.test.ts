import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leastRecentlyUsed } from '../../../lib/base/least-recently-used.ts';

test('what was not used for longest is forgotten first', () => {
  const held = leastRecentlyUsed<string, number>({ max: 2 });
  held.set('a', 1);
  held.set('b', 2);
  assert.equal(held.get('a'), 1);
  held.set('c', 3);
  assert.deepEqual([held.get('a'), held.get('b'), held.get('c')], [1, undefined, 3]);
});

test('weights count, replaced and deleted values no longer do', () => {
  const held = leastRecentlyUsed<string, string>({ max: 10, weigh: (text) => text.length });
  held.set('a', '123456');
  held.set('a', '1234');
  held.set('b', '123456');
  assert.deepEqual([held.get('a'), held.get('b')], ['1234', '123456']);
  held.delete('a');
  held.delete('a');
  held.set('c', '1234');
  assert.deepEqual([held.get('b'), held.get('c')], ['123456', '1234']);
});

test('what weighs more than all that may be held is not kept', () => {
  const held = leastRecentlyUsed<string, string>({ max: 3, weigh: (text) => text.length });
  held.set('a', 'ok');
  held.set('b', 'too much');
  assert.deepEqual([held.get('a'), held.get('b')], ['ok', undefined]);
});
