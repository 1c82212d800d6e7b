import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseEpoch } from '../../../../lib/control/lead/lease.ts';
import { shardMessages, shardsOf } from '../../../../lib/control/shards/fan-out.ts';
import { readShardMessage } from '../../../../lib/control/shards/shard-message.ts';
import type { View } from '../../../../lib/control/build/worlds.ts';
import { viewKey } from '../../../../lib/view/view-facts.ts';
import { viewFactsOf } from '../../../support/proxy-view.ts';

const views = (count: number): View[] =>
  Array.from({ length: count }, (_, n) => viewFactsOf({ namespace: `n${n}` })).map((facts) => ({
    key: viewKey(facts),
    facts,
  }));

test('BLD-5: shards hold about so much work, one view at least and a hundred at most', () => {
  for (const [count, services, shardWork, sizes] of [
    [0, 10, 100, []],
    [10, 10, 100, [10]],
    [11, 10, 100, [10, 1]],
    [3, 1_000, 100, [1, 1, 1]],
    [250, 0, 100_000, [100, 100, 50]],
    [50, 1_000, 50_000, [50]],
    [50, 1_000, Infinity, [50]],
  ] as const) {
    const shards = shardsOf(views(count), { services, shardWork });
    assert.deepEqual(
      shards.map((shard) => shard.length),
      sizes,
      `${count} views of ${services} services`,
    );
  }
});

test('every view is in one message, and no build begins where the one before began', () => {
  const shards = shardsOf(views(100), { services: 1, shardWork: 5 });
  const orders = [1, 2, 3].map((build) => {
    const messages = shardMessages({ build, epoch: leaseEpoch(4), revision: 7 }, shards);
    const keys = messages.flatMap(({ viewKeys }) => viewKeys);
    assert.deepEqual(
      [...keys].sort(),
      views(100)
        .map(({ key }) => key)
        .sort(),
    );
    for (const message of messages) {
      assert.deepEqual(readShardMessage(JSON.parse(JSON.stringify(message))), message);
      assert.deepEqual([message.build, message.epoch, message.revision, message.shardViews], [build, 4, 7, 5]);
    }
    return messages.map(({ shard }) => shard).join();
  });
  assert.equal(new Set(orders).size, 3);
});

test('what no leader sends is no message', () => {
  const message = { build: 1, epoch: 1, revision: 1, shard: 0, shardViews: 1, viewKeys: ['a'] };
  assert.ok(readShardMessage(message));
  for (const broken of [
    undefined,
    null,
    'text',
    [],
    { ...message, viewKeys: [] },
    { ...message, viewKeys: [1] },
    { ...message, build: -1 },
    { ...message, epoch: '1' },
    { ...message, shard: 0.5 },
  ]) {
    assert.equal(readShardMessage(broken), undefined, JSON.stringify(broken));
  }
});
