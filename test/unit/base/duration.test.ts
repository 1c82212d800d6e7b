import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationPattern, parseDuration } from '../../../lib/base/duration.ts';

const readable: readonly [string, number][] = [
  ['0', 0],
  ['0s', 0],
  ['10s', 10_000],
  ['1.001s', 1001],
  ['1m30s', 90_000],
  ['1h', 3_600_000],
  ['.5s', 500],
  ['-2s', -2000],
  ['250ms', 250],
  ['1500us', 1.5],
  ['1ns', 0.000001],
];

for (const [text, expected] of readable) {
  test(`VS-27: ${text} is ${expected} ms`, () => assert.equal(parseDuration(text), expected));
}

for (const text of ['', '10', 's', '1 s', '1d', '1s!', '--1s', `${'1'.repeat(80)}s`]) {
  test(`VS-27: "${text.slice(0, 12)}" is no duration`, () => assert.equal(parseDuration(text), undefined));
}

test('FLT-3: a long run of digits is refused at once', () => {
  assert.equal(durationPattern.test('1'.repeat(1_000_000)), false);
});
