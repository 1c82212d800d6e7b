import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldChanges } from '../../../lib/console/field-changes.js';
import { proxyName, suspectName, viewName } from '../../../lib/console/names.js';
import { withNewest } from '../../../lib/console/page-state.js';
import { filterProxies, pageOf, stateCounts } from '../../../lib/console/proxy-filter.js';
import { reachOf } from '../../../lib/console/reach.js';
import { ago } from '../../../lib/console/times.js';

const proxy = (name: string, status: string, view = 'v1') => ({
  id: `sidecar~10.0.0.1~${name}.shop~shop.svc.cluster.local`,
  type: 'sidecar',
  namespace: 'shop',
  view,
  status,
  lastPolledAt: '2026-01-01T00:00:00.000Z',
  types: {},
});
const view = (key: string, snapshotRevision: number) => ({
  key,
  type: 'sidecar',
  namespace: 'shop',
  proxies: 1,
  snapshotRevision,
});
const revisions = (...numbers: readonly number[]) =>
  numbers.map((revision) => ({ revision, time: '2026-01-01T00:00:00.000Z', writer: 'me' }));

test('every word of the filter must be found in a proxy, in whatever order and case', () => {
  const proxies = [proxy('cart-1', 'SYNCED'), proxy('cart-2', 'STALE'), proxy('pay-1', 'SYNCED')];
  const found = (text: string, state = '') => filterProxies(proxies, { text, state }).map(proxyName);
  assert.deepEqual(found(''), ['cart-1', 'cart-2', 'pay-1']);
  assert.deepEqual(found('SHOP  cart'), ['cart-1', 'cart-2']);
  assert.deepEqual(found('cart', 'SYNCED'), ['cart-1']);
  assert.deepEqual(found('cart pay'), []);
});

test('states that need somebody are counted first, and one that the page does not know is not lost', () => {
  const proxies = ['SYNCED', 'NEW_STATE', 'REJECTED', 'SYNCED'].map((status, index) => proxy(`p${index}`, status));
  assert.deepEqual(stateCounts(proxies), [
    { state: 'REJECTED', count: 1 },
    { state: 'SYNCED', count: 2 },
    { state: 'NEW_STATE', count: 1 },
  ]);
});

test('a page past the end is the last one, and no items are one empty page', () => {
  assert.deepEqual(pageOf(['a', 'b', 'c'], { page: 9, size: 2 }), { page: 1, last: 1, items: ['c'], first: 2 });
  assert.deepEqual(pageOf([], { page: 3, size: 2 }), { page: 0, last: 0, items: [], first: 0 });
});

test('a revision reaches the views whose snapshot it gave, and of their proxies those that are synced', () => {
  const proxies = [proxy('a', 'SYNCED'), proxy('b', 'REJECTED'), proxy('c', 'SYNCED', 'v2')];
  const reach = reachOf(7, { views: [view('v1', 7), view('v2', 6)], proxies });
  assert.deepEqual(
    reach.map((each) => [each.view.key, each.have, each.of, each.without.map(proxyName)]),
    [['v1', 1, 2, ['b']]],
  );
});

test('a newer page goes before what is loaded; where they do not meet, the list starts anew without a gap', () => {
  const loaded = { revisions: revisions(5, 4, 3), olderBefore: 3 };
  const numbers = (state: { readonly revisions: readonly { readonly revision: number }[] }) =>
    state.revisions.map(({ revision }) => revision);
  const next = withNewest(loaded, { revisions: revisions(6, 5), before: 5 });
  assert.deepEqual([numbers(next), next.olderBefore], [[6, 5, 4, 3], 3]);
  const apart = withNewest(loaded, { revisions: revisions(9, 8), before: 8 });
  assert.deepEqual([numbers(apart), apart.olderBefore], [[9, 8], 8]);
  const first = withNewest({ revisions: [], olderBefore: undefined }, { revisions: revisions(1) });
  assert.deepEqual([numbers(first), first.olderBefore], [[1], undefined]);
});

test('two documents differ field by field, with what is absent on one side', () => {
  const before = { spec: { http: [{ weight: 90 }, { weight: 10 }], hosts: ['a'] } };
  const after = { spec: { http: [{ weight: 50 }, { weight: 10 }], hosts: ['a', 'b'], extra: {} } };
  assert.deepEqual(fieldChanges(before, after), [
    { path: 'spec.http[0].weight', before: 90, after: 50 },
    { path: 'spec.hosts[1]', before: undefined, after: 'b' },
    { path: 'spec.extra', before: undefined, after: {} },
  ]);
  assert.deepEqual(fieldChanges(before, structuredClone(before)), []);
});

test('names are short where what is left out stands beside them', () => {
  assert.equal(proxyName({ id: 'plain-id', namespace: 'shop' }), 'plain-id');
  assert.equal(proxyName({ id: 'sidecar~1.2.3.4~cart-1.shop~x', namespace: 'shop' }), 'cart-1');
  const named = viewName({ key: '0123456789abcdef', type: 'router', namespace: 'edge', labels: { app: 'gw' } });
  assert.equal(named, 'router in edge · app=gw · 01234567');
  assert.equal(suspectName({ kind: 'Gateway', namespace: 'edge', name: 'front' }), 'Gateway edge/front');
  assert.equal(suspectName('Gateway/edge/front'), 'Gateway/edge/front');
});

test('an age is one rounded unit', () => {
  const ages = [500, 2_000, 59_999, 60_000, 3_599_999, 7_200_000, 86_400_000, 200_000_000].map(ago);
  assert.deepEqual(ages, [
    'just now',
    '2 s ago',
    '59 s ago',
    '1 min ago',
    '59 min ago',
    '2 h ago',
    '1 day ago',
    '2 days ago',
  ]);
});
