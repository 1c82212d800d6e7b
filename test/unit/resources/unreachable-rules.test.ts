import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsOf } from '../../support/findings.ts';

const route = [{ destination: { host: 'a' } }];

/** Warnings about a list of conditions, each in a rule of its own. */
const warningsOf = (...matches: readonly object[]): number =>
  findingsOf('VirtualService', { hosts: ['a.b'], http: matches.map((match) => ({ match: [match], route })) }).length;

const uri = (prefix: string): object => ({ uri: { prefix } });

test('VS-33: a longer prefix under a shorter one is warned of only when the rest of the condition agrees', () => {
  assert.equal(warningsOf(uri('/a'), uri('/a/b')), 1);
  assert.equal(warningsOf(uri('/a/b'), uri('/a')), 0);
  assert.equal(warningsOf({ ...uri('/a'), port: 80 }, uri('/a/b')), 0);
  assert.equal(warningsOf({ ...uri('/a'), method: { exact: 'POST' } }, uri('/a/b')), 0);
  assert.equal(warningsOf({ ...uri('/a'), method: { exact: 'GET' } }, uri('/a/b')), 1);
  assert.equal(warningsOf({ ...uri('/a'), headers: { x: { exact: '1' } } }, uri('/a/b')), 0);
  assert.equal(
    warningsOf({ ...uri('/a'), headers: { x: { exact: '1' } } }, { ...uri('/a/b'), headers: { y: { exact: '1' } } }),
    0,
  );
});

test('VS-33: an exact path under a prefix is nobody’s mistake', () => {
  assert.equal(warningsOf(uri('/a'), { uri: { exact: '/a/b' } }), 0);
});
