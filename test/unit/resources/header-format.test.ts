import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerFormatProblem } from '../../../lib/resources/header-format.ts';

for (const value of [
  '',
  'plain',
  '100%%',
  '%HOSTNAME%',
  'a %REQ(x-y)% b',
  '%A(["b", "c"])%',
  '%A(b\\)c)%',
  '%A( [ "b" ] ) %',
]) {
  test(`VS-30: Envoy takes ${JSON.stringify(value)}`, () => assert.equal(headerFormatProblem(value), undefined));
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['50%', /Un-escaped %/],
  ['%A', /Un-terminated variable/],
  ['%A(b', /Un-terminated variable/],
  ['%A(["b" x])%', /Expecting ',', ']' or whitespace, not 'x'/],
  ['%A([b])%', /Expecting '"'/],
  ['%A(["b"] x)%', /Expecting '\)'/],
  ['%A(b)x%', /Expecting '%'/],
  ['%A(b\\', /Un-terminated backslash/],
];

for (const [value, problem] of refused) {
  test(`VS-30: Envoy refuses ${JSON.stringify(value)}`, () => assert.match(headerFormatProblem(value) ?? '', problem));
}
