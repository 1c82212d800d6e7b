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

test('keys and values come in the order of their last use, also after deletions at either end', () => {
  const held = leastRecentlyUsed<string, number>({ max: 4 });
  for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) held.set(key, index);
  held.get('b');
  held.delete('a');
  held.delete('b');
  held.set('c', 9);
  assert.deepEqual([...held.keys()], ['d', 'c']);
  assert.deepEqual([...held.values()], [3, 9]);
});

test('what makes room is told, what is replaced or deleted is not', () => {
  const evicted: string[] = [];
  const held = leastRecentlyUsed<string, number>({ max: 2, onEvicted: (key) => evicted.push(key) });
  held.set('a', 1);
  held.set('a', 2);
  held.set('b', 3);
  held.delete('b');
  held.set('c', 4);
  held.set('d', 5);
  assert.deepEqual(evicted, ['a']);
});
