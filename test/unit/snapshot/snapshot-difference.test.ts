import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotDifference } from '../../../lib/snapshot/snapshot-difference.ts';
import { cluster, endpoints, snapshotOf } from '../../support/envoy-resources.ts';

const before = snapshotOf([cluster('a'), cluster('b'), endpoints('a', 1)]).manifest;

test('the difference of two snapshots names what came, changed and went, type by type', () => {
  const after = snapshotOf([cluster('a', { connectTimeout: '1s' }), cluster('c'), endpoints('a', 1)]).manifest;
  assert.deepEqual(snapshotDifference(before, after), {
    clusters: { added: ['c'], changed: ['a'], removed: ['b'] },
  });
});

test('equal snapshots differ in nothing, and everything is new to a proxy that has nothing', () => {
  assert.deepEqual(snapshotDifference(before, before), {});
  assert.deepEqual(snapshotDifference(undefined, before), {
    clusters: { added: ['a', 'b'], changed: [], removed: [] },
    endpoints: { added: ['a'], changed: [], removed: [] },
  });
});
