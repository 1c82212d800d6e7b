import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { sealResource } from '../../../lib/snapshot/sealed-resource.ts';
import { seal, type SealedLists } from '../../../lib/snapshot/snapshot.ts';
import { wholeCheck } from '../../../lib/snapshot/whole-check.ts';
import { cluster, endpoints, listener, route } from '../../support/envoy-resources.ts';

const lists = (...resources: readonly EnvoyResource[]): SealedLists => seal(resources.map(sealResource)).resources;
const complete = lists(cluster('a'), endpoints('a', 1), route('r', 'gone'), listener('l', 'r'));

test('SNAP-1: a snapshot is whole where nothing is missing but clusters of routes', () => {
  assert.equal(wholeCheck()(complete), undefined);
});

test('SNAP-1: what a proxy would wait for without end is named', () => {
  const broken = wholeCheck()({ ...complete, routes: [] });
  assert.deepEqual(broken?.to, { type: 'routes', name: 'r' });
});

test('SNAP-1: a check that remembers a list still sees what is missing beside it', () => {
  const check = wholeCheck();
  assert.equal(check(complete), undefined);
  const less = { ...complete, endpoints: lists(endpoints('b', 1)).endpoints };
  assert.deepEqual(check(less, complete)?.to, { type: 'endpoints', name: 'a' });
  assert.equal(check({ ...complete, endpoints: lists(endpoints('a', 2)).endpoints }, less), undefined);
});

test('SNAP-1: a resource that keeps its name and needs something else is looked at again', () => {
  const check = wholeCheck();
  check(complete);
  const other = { ...complete, listeners: lists(listener('l', 'other')).listeners };
  assert.deepEqual(check(other, complete)?.to, { type: 'routes', name: 'other' });
});
