import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMs } from '../../../../lib/base/brand.ts';
import type { Issue } from '../../../../lib/base/issue.ts';
import { countReceipt, distributedAt, NOWHERE, proxyLoops } from '../../../../lib/control/status/distribution.ts';
import { conditionsOf, type ObjectSight } from '../../../../lib/control/status/object-conditions.ts';
import type { LoopStatus } from '../../../../lib/control/status/proxy-status.ts';

const sight = (changes: Partial<ObjectSight> = {}): ObjectSight => ({
  generation: 2,
  revision: 7,
  builtRevision: 7,
  buildFailure: undefined,
  issues: [],
  distribution: { acked: 3, pending: 0, nacked: 0, total: 3 },
  times: { built: epochMs(1_000), newestBuild: epochMs(5_000), distributed: epochMs(3_000), now: epochMs(9_000) },
  ...changes,
});

const issue = (severity: Issue['severity'], code: string): Issue => ({
  severity,
  code,
  path: 'spec.http[0]',
  message: 'is odd',
});

/** `Accepted True Accepted` and so on. */
const words = (changes: Partial<ObjectSight>) =>
  conditionsOf(sight(changes)).map(({ condition: { type, status, reason } }) => `${type} ${status} ${reason}`);

test('ST-9: an object is accepted, reconciled and programmed, each with its reason', () => {
  const [accepted, reconciled, programmed] = [
    'Accepted True Accepted',
    'Reconciled True Built',
    'Programmed True Programmed',
  ];
  assert.deepEqual(words({}), [accepted, reconciled, programmed]);
  assert.deepEqual(words({ builtRevision: 6 }), [
    'Accepted Unknown Pending',
    'Reconciled False Pending',
    'Programmed False Pending',
  ]);
  assert.deepEqual(words({ issues: [issue('error', 'ROUTE_UNUSABLE')] })[0], 'Accepted False RouteUnusable');
  assert.deepEqual(words({ issues: [issue('warning', 'SUBSET_NOT_FOUND')] })[0], 'Accepted True SubsetNotFound');
  const both = [issue('warning', 'SUBSET_NOT_FOUND'), issue('error', 'ROUTE_UNUSABLE')];
  assert.deepEqual(words({ issues: both })[0], 'Accepted False RouteUnusable');
  assert.deepEqual(words({ buildFailure: 'a bug of ours' }), [
    accepted,
    'Reconciled False BuildFailed',
    'Programmed False Pending',
  ]);
  assert.deepEqual(words({ distribution: NOWHERE })[2], 'Programmed Unknown NoProxies');
});

test('PS-5: what proxies did with it is told in numbers', () => {
  const programmed = (acked: number, pending: number, nacked: number) => {
    const [, , last] = conditionsOf(
      sight({ distribution: { acked, pending, nacked, total: acked + pending + nacked } }),
    );
    return [last?.condition.reason, last?.condition.message, last?.condition.observedGeneration];
  };
  assert.deepEqual(programmed(2, 1, 0), ['Pending', '2/3 proxies', 2]);
  assert.deepEqual(programmed(1, 1, 1), ['Rejected', '1/3 proxies, rejected by 1', 2]);
});

test('PS-5: a proxy is asked about the loops of the resources alone, and a refusal is held against its suspects', () => {
  const loop = (
    type: LoopStatus['type'],
    status: LoopStatus['status'],
    more: Partial<LoopStatus> = {},
  ): LoopStatus => ({
    ...{ type, status, names: [], suspects: [], since: epochMs(10), tookAt: undefined },
    ...more,
  });
  const first = epochMs(1);
  const proxy = proxyLoops(
    [
      loop('clusters', 'REJECTED', { suspects: ['a'] }),
      loop('endpoints', 'SYNCED', { names: ['a'], since: epochMs(20) }),
      loop('endpoints', 'STALE', { names: ['b'] }),
      loop('endpoints', 'STALE', { names: ['c'], since: epochMs(30), tookAt: epochMs(15) }),
      loop('routes', 'SYNCED', { names: ['80'] }),
    ],
    first,
  );
  const receiptOf = (resources: readonly string[] | undefined, builtAt = 12) => {
    const { receipt, since } = proxy.receiptOf(resources, epochMs(builtAt));
    return `${receipt} ${since}`;
  };
  assert.equal(receiptOf(['routes/80', 'endpoints/a']), 'acked 20', 'since it took the last of them');
  assert.equal(receiptOf(['routes/80', 'endpoints/b']), 'pending 10');
  assert.equal(receiptOf(['endpoints/c']), 'acked 15', 'it is behind with other things only');
  assert.equal(receiptOf(['endpoints/c'], 16), 'pending 30', 'what it took was sent before this was built');
  assert.equal(receiptOf(['clusters/a', 'endpoints/a']), 'nacked 10');
  assert.equal(receiptOf(['clusters/b']), 'pending 10');
  assert.equal(receiptOf(['listeners/x']), 'pending 1', 'it has not asked for listeners yet');
  assert.equal(receiptOf(undefined), 'nacked 10');
  assert.equal(proxyLoops([loop('clusters', 'DISCONNECTED')], first).receiptOf(['clusters/a'], first).receipt, 'gone');
  const receipts = (['acked', 'gone', 'nacked'] as const).map((receipt) => ({ receipt }));
  assert.deepEqual(receipts.reduce(countReceipt, NOWHERE), { ...{ acked: 1, pending: 0, nacked: 1, total: 2 } });
});

test('conditions are dated by what brought them about: builds, and what proxies were given', () => {
  const since = (changes: Partial<ObjectSight>) => conditionsOf(sight(changes)).map((dated) => dated.since);
  assert.deepEqual(since({}), [1_000, 1_000, 3_000]);
  assert.deepEqual(since({ builtRevision: 6 }), [9_000, 9_000, 9_000]);
  assert.deepEqual(since({ buildFailure: 'a bug of ours' }), [1_000, 5_000, 5_000]);
  assert.deepEqual(since({ distribution: NOWHERE }), [1_000, 1_000, 1_000]);
  const dated = (receipt: 'acked' | 'pending' | 'gone', at: number) => ({ receipt, since: epochMs(at) });
  assert.equal(distributedAt([dated('acked', 1), dated('acked', 4), dated('gone', 9)]), 4, 'since the last one has it');
  assert.equal(distributedAt([dated('acked', 1), dated('pending', 6), dated('pending', 5)]), 5);
  assert.equal(distributedAt([dated('gone', 9)]), undefined);
});
