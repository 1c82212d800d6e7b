import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameJson } from '../../../lib/base/same-json.ts';

const cases: readonly (readonly [string, unknown, unknown, boolean])[] = [
  ['equal texts', 'a', 'a', true],
  ['a text and a number', '1', 1, false],
  ['null and nothing', null, undefined, false],
  ['null and an object', null, {}, false],
  ['keys in another order', { a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 }, true],
  ['a member that is undefined, and none', { a: 1, b: undefined }, { a: 1 }, true],
  ['none, and a member that is undefined', { a: 1 }, { a: 1, b: undefined }, true],
  ['a member more', { a: 1 }, { a: 1, b: 2 }, false],
  ['a member less', { a: 1, b: 2 }, { a: 1 }, false],
  ['items in another order', [1, 2], [2, 1], false],
  ['an item more', [1], [1, undefined], false],
  ['a list and an object of its items', [1], { 0: 1 }, false],
  ['a member that every object has', { constructor: 1 }, {}, false],
  ['none, and one that every object has', {}, { toString: 1 }, false],
  ['a difference deep inside', { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, false],
];

for (const [name, a, b, isSame] of cases) {
  test(`JSON values are compared: ${name}`, () => {
    assert.equal(isSameJson(a, b), isSame);
  });
}
