import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { parseDuration } from '../../../lib/base/duration.ts';
import { encodeDuration } from '../../../lib/envoy/duration.ts';

test('a duration has 0, 3, 6 or 9 decimals, as canonical proto3 JSON wants it', () => {
  for (const [text, written] of [
    ['10s', '10s'],
    ['0s', '0s'],
    ['1.5s', '1.500s'],
    ['1ms', '0.001s'],
    ['1us', '0.000001s'],
    ['10.000000001s', '10.000000001s'],
    ['1h', '3600s'],
  ] as const) {
    assert.equal(encodeDuration(parseDuration(text) ?? durationMs(-1)), written, text);
  }
});

test('a fraction that rounds up to a second carries over', () => {
  assert.equal(encodeDuration(durationMs(999.99999999)), '1s');
});
