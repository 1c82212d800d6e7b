import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Issue } from '../../../../lib/base/issue.ts';
import { countStanding, NOWHERE, proxyLoops } from '../../../../lib/control/status/distribution.ts';
import { conditionsOf, type ObjectSight } from '../../../../lib/control/status/object-conditions.ts';
import type { LoopStatus } from '../../../../lib/control/status/proxy-status.ts';

const sight = (changes: Partial<ObjectSight> = {}): ObjectSight => ({
  generation: 2,
  revision: 7,
  builtRevision: 7,
  buildFailure: undefined,
  issues: [],
  distribution: { acked: 3, pending: 0, nacked: 0, total: 3 },
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
  conditionsOf(sight(changes)).map(({ type, status, reason }) => `${type} ${status} ${reason}`);

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
    return [last?.reason, last?.message, last?.observedGeneration];
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
    ...{ type, status, names: [], suspects: [] },
    ...more,
  });
  const proxy = proxyLoops([
    loop('clusters', 'REJECTED', { suspects: ['a'] }),
    loop('endpoints', 'SYNCED', { names: ['a'] }),
    loop('endpoints', 'STALE', { names: ['b'] }),
    loop('routes', 'SYNCED', { names: ['80'] }),
  ]);
  assert.equal(proxy.standing(['routes/80', 'endpoints/a']), 'acked');
  assert.equal(proxy.standing(['routes/80', 'endpoints/b']), 'pending');
  assert.equal(proxy.standing(['clusters/a', 'endpoints/a']), 'nacked');
  assert.equal(proxy.standing(['clusters/b']), 'pending');
  assert.equal(proxy.standing(['listeners/x']), 'pending', 'it has not asked for listeners yet');
  assert.equal(proxy.standing(undefined), 'nacked');
  assert.equal(proxyLoops([loop('clusters', 'DISCONNECTED')]).standing(['clusters/a']), 'gone');
  assert.deepEqual((['acked', 'gone', 'nacked'] as const).reduce(countStanding, NOWHERE), {
    ...{ acked: 1, pending: 0, nacked: 1, total: 2 },
  });
});
