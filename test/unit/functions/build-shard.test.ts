import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildShardFunction } from '../../../functions/build-shard.ts';
import { shardLoop } from '../../../functions/shard-loop.ts';
import type { ShardBuilder, ShardOutcome } from '../../../lib/control/shards/shard-builder.ts';
import { MAX_RECEIVES } from '../../../lib/ports/queue.ts';
import { StoreUnavailable } from '../../../lib/ports/store-errors.ts';
import { skippingClock } from '../../support/config-store.ts';
import { messageId, queueEvent } from '../../support/lambda-events.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { shardedMesh } from '../../support/sharded-builds.ts';
import { memoryQueue } from '../../../lib/adapters/memory/memory-queue.ts';
import { durationMs } from '../../../lib/base/brand.ts';

/** A builder whose outcome is the body itself; a number throws. */
const byBody: ShardBuilder = {
  build: async (body) => {
    if (typeof body === 'number') throw new StoreUnavailable(`message ${body}`);
    return body as ShardOutcome;
  },
};

test('BLD-5: of a batch only the messages come back that failed or threw', async () => {
  const log = recordingLog();
  const handler = buildShardFunction({ shards: byBody, log });
  const bodies = ['built', 'failed', 'stale', 7, 'split', 'failed'];
  const answer = await handler(queueEvent(...bodies.map((body) => ({ body, receives: 1 }))));
  const failed = [1, 3, 5].map((index) => ({ itemIdentifier: messageId(index) }));
  assert.deepEqual(answer, { batchItemFailures: failed });
  assert.deepEqual(log.fieldsOf('shard-failed')[0]?.['messageId'], messageId(3));
});

test('a body that is no JSON comes back alone, too', async () => {
  const handler = buildShardFunction({ shards: byBody, log: recordingLog() });
  const event = queueEvent({ body: 'built', receives: 1 }, { body: 'built', receives: 1 });
  const [first, second] = event.Records;
  assert.ok(first && second);
  const answer = await handler({ Records: [{ ...first, body: '{' }, second] });
  assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: messageId(0) }] });
});

test('BLD-5: the function builds the shards that a leader handed out, and counts how often it was asked', async () => {
  const mesh = shardedMesh(4);
  mesh.edit();
  mesh.poisoned.add('team-0');
  const { builder, shards } = mesh.process('leader');
  await builder.build('config');
  const handler = buildShardFunction({ shards, log: mesh.log });
  const messages = await mesh.queue.receive(10);
  assert.deepEqual(await handler(queueEvent(...messages)), { batchItemFailures: [] }, 'what failed was cut out');
  for (const { receipt } of messages) await mesh.queue.remove(receipt);
  assert.equal(mesh.queue.size(), 1);
  const [poison] = await mesh.queue.receive(10);
  assert.ok(poison);
  const last = { ...poison, receives: MAX_RECEIVES };
  assert.deepEqual(await handler(queueEvent(last)), { batchItemFailures: [{ itemIdentifier: messageId(0) }] });
  assert.equal(mesh.log.fieldsOf('view-given-up').length, 1);
  assert.deepEqual(Object.keys(await mesh.heads()), ['team-1', 'team-2', 'team-3']);
});

test('the loop of one process works through what is sent, tries again what failed, and stops behind the message at hand', async () => {
  const clock = skippingClock();
  const log = recordingLog();
  const dead: unknown[] = [];
  const deadLetters = { sendAll: async (messages: readonly unknown[]) => void dead.push(...messages) };
  const queue = memoryQueue(clock, { visibility: durationMs(60_000), deadLetters });
  const tried: unknown[] = [];
  const loop = shardLoop({ queue, clock, log });
  const began = clock.now();
  loop.start({
    async build(body, receives) {
      tried.push(body);
      if (body === 'throws once' && receives === 1) throw new StoreUnavailable('store');
      return body === 'poison' ? 'failed' : 'built';
    },
  });
  await loop.queue.sendAll(['poison', 'throws once', 'fine']);
  await new Promise<void>((resolve) => {
    const look = (): void => void (queue.size() === 0 ? resolve() : setImmediate(look));
    look();
  });
  assert.deepEqual(tried.slice(0, 3), ['poison', 'throws once', 'fine'], 'the poison holds up none');
  assert.equal(tried.filter((body) => body === 'poison').length, MAX_RECEIVES);
  assert.equal(tried.filter((body) => body === 'throws once').length, 2);
  assert.deepEqual(dead, ['poison']);
  assert.ok(clock.now() - began >= 7_000, 'with 1, 2 and 4 s between the attempts');
  await loop.stop();
  await loop.queue.sendAll(['late']);
  assert.equal(queue.size(), 1, 'nothing is built once the loop has stopped');
});
