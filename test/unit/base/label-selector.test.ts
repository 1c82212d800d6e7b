import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesSelector, parseLabelSelector } from '../../../lib/base/label-selector.ts';

const labels = { app: 'shop', tier: 'front', 'example.com/zone': 'a', empty: '' };

const cases: readonly (readonly [string, boolean])[] = [
  ['', true],
  ['app=shop', true],
  ['app==shop', true],
  ['app = shop , tier=front', true],
  ['app=other', false],
  ['app!=shop', false],
  ['missing!=x', true],
  ['missing=x', false],
  ['app in (shop,other)', true],
  ['app in ( other )', false],
  ['app notin (other)', true],
  ['app notin (shop)', false],
  ['missing notin (x)', true],
  ['missing in (x)', false],
  ['app', true],
  ['!app', false],
  ['!missing', true],
  ['missing', false],
  ['example.com/zone=a', true],
  ['empty=', true],
  ['app in (shop,other),tier in (front,back),!missing', true],
  ['toString', false],
];
for (const [text, expected] of cases) {
  test(`"${text}" ${expected ? 'selects' : 'does not select'}`, () => {
    const selector = parseLabelSelector(text);
    assert.ok(selector.ok);
    assert.equal(matchesSelector(selector.value, labels), expected);
  });
}

for (const text of ['a===b', 'a b', 'a in x', 'a in (x', '=b', 'a,,b', 'a=b=c', '-a=b', 'a in (b c)']) {
  test(`"${text}" is no selector`, () => {
    const selector = parseLabelSelector(text);
    assert.ok(!selector.ok);
    assert.equal(selector.issues[0]?.code, 'INVALID_SELECTOR');
  });
}
