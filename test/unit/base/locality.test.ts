import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coversLocality, parseLocality } from '../../../lib/base/locality.ts';

test('HN-16: region, zone and subzone, parted by slashes or, where there is none, by dots', () => {
  assert.deepEqual(parseLocality('r/z/s'), { region: 'r', zone: 'z', subzone: 's' });
  assert.deepEqual(parseLocality('r.z.s'), { region: 'r', zone: 'z', subzone: 's' });
  assert.deepEqual(parseLocality('r.1/z.2'), { region: 'r.1', zone: 'z.2', subzone: '' });
  assert.deepEqual(parseLocality(''), { region: '', zone: '', subzone: '' });
});

const here = parseLocality('r/z/s');
const rules: readonly (readonly [string, boolean])[] = [
  ['r', true],
  ['r/z', true],
  ['r/z/s', true],
  ['*', true],
  ['r/*', true],
  ['r/z/*', true],
  ['q', false],
  ['r/y', false],
  ['r/z/t', false],
  ['q/z/s', false],
  ['', false],
];
for (const [rule, expected] of rules) {
  test(`HN-16: "${rule}" ${expected ? 'covers' : 'does not cover'} r/z/s`, () => {
    assert.equal(coversLocality(rule, here), expected);
  });
}
