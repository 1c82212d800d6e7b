import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regexSize } from '../../../lib/resources/regex-size.ts';

const sizes: readonly (readonly [string, number])[] = [
  ['', 0],
  ['abc', 3],
  ['a{5}', 6],
  ['a{2,9}b', 11],
  ['[a-z]{3}', 4],
  ['[]a]x', 2],
  ['\\d\\{', 2],
  ['(ab){10}', 44],
  ['((a{10}){10}){10}', 1450],
];

for (const [regex, size] of sizes) {
  test(`FLT-3: ${regex} makes about ${size} instructions`, () => {
    const counted = regexSize(regex);
    assert.ok(counted >= size / 2 && counted <= size * 2 + 2, String(counted));
  });
}

test('FLT-3: what repeats what repeats grows as it would in Envoy', () => {
  assert.ok(regexSize('((a{100}){100}){100}') > 1_000_000);
  assert.ok(regexSize('('.repeat(1000)) < 10_000);
});
