import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isIpAddress, parseIpAddress, parseIpPrefix } from '../../../lib/base/ip-address.ts';

const addresses: readonly [string, readonly number[]][] = [
  ['10.1.2.255', [10, 1, 2, 255]],
  ['::', Array<number>(16).fill(0)],
  ['::1', [...Array<number>(15).fill(0), 1]],
  ['2001:db8::a:b', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0x0b]],
  ['::ffff:1.2.3.4', [...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]],
  ['fe80::1%eth0', [0xfe, 0x80, ...Array<number>(13).fill(0), 1]],
];

for (const [text, bytes] of addresses) {
  test(`SE-25: ${text} is an address`, () => assert.deepEqual([...(parseIpAddress(text) ?? [])], bytes));
}

for (const text of [
  '',
  '1.2.3',
  '1.2.3.04',
  '256.1.1.1',
  '1::2::3',
  ':::',
  '1:2:3:4:5:6:7',
  '1.2.3.4::',
  '::1%',
  'a.b.c.d',
]) {
  test(`SE-25: "${text}" is no address`, () => assert.equal(isIpAddress(text), false));
}

test('SE-25: prefixes are as long as their address allows', () => {
  assert.equal(parseIpPrefix('10.0.0.0/8')?.bits, 8);
  assert.equal(parseIpPrefix('2001:db8::/128')?.bits, 128);
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '::/129', 'x/8']) {
    assert.equal(parseIpPrefix(text), undefined, text);
  }
});

test('agrees with the platform on every text of an address alphabet', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'0123456789abf:.'), maxLength: 24 }),
  );
  fc.assert(fc.property(text, (candidate) => assert.equal(isIpAddress(candidate), isIP(candidate) !== 0, candidate)));
});
