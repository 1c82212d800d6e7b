import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildReport } from '../../../../lib/control/build/build-all.ts';
import type { Lease } from '../../../../lib/control/lead/lease.ts';
import { INDEX_KEY, type IndexHead } from '../../../../lib/control/views/view-indexes.ts';
import { MAX_RECEIVES } from '../../../../lib/ports/queue.ts';
import {
  builderLease,
  drain,
  nextMessage,
  type ShardedMesh,
  shardedMesh,
  VISIBILITY,
  work,
} from '../../../support/sharded-builds.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `team-${n}`).sort();

/** A mesh whose first revision is handed out and not built yet. */
async function handedOut(size: number): Promise<{ mesh: ShardedMesh; leader: ReturnType<ShardedMesh['process']> }> {
  const mesh = shardedMesh(size);
  mesh.edit();
  const leader = mesh.process('leader');
  const report = await leader.builder.build('config');
  assert.equal(report.outcome, 'fanned-out');
  return { mesh, leader };
}

const revisions = async (mesh: ShardedMesh): Promise<Record<string, number>> =>
  Object.fromEntries(Object.entries(await mesh.heads()).map(([name, { revision }]) => [name, revision]));

const all = (count: number, revision: number): Record<string, number> =>
  Object.fromEntries(names(count).map((name) => [name, revision]));

test('BLD-5: what fits into one shard the leader builds itself; more it hands out, one message per shard', async () => {
  const small = shardedMesh(3);
  small.edit();
  const built: BuildReport = await small.process('leader').builder.build('config');
  assert.equal(built.outcome, 'built');
  assert.equal(small.queue.size(), 0);

  const { mesh } = await handedOut(10);
  assert.equal(mesh.queue.size(), 4);
  assert.deepEqual(await mesh.heads(), {}, 'the leader built nothing');
  assert.deepEqual(mesh.log.fieldsOf('fan-out')[0]?.['shards'], 4);
});

test('BLD-5, BLD-4: shards that others build serve byte for byte what the leader alone would', async () => {
  const { mesh } = await handedOut(10);
  assert.deepEqual(new Set(await drain(mesh.queue, mesh.process('worker').shards)), new Set(['built']));
  const alone = shardedMesh(10);
  alone.edit();
  await alone.process('leader', { shardWork: 1_000 }).builder.build('config');
  const manifests = (heads: Awaited<ReturnType<ShardedMesh['heads']>>) =>
    Object.entries(heads).map(([name, { manifest, revision }]) => [name, manifest, revision]);
  assert.deepEqual(manifests(await mesh.heads()), manifests(await alone.heads()));
});

test('the outcome of a build is worded when all shards have reported, by whoever sees it', async () => {
  const { mesh } = await handedOut(10);
  const workers = [mesh.process('one').shards, mesh.process('two').shards];
  for (let shard = 0; shard < 4; shard += 1) {
    assert.equal(await mesh.outcome(), undefined, `${shard} of 4 shards are built`);
    const worker = workers[shard % 2];
    assert.ok(worker);
    mesh.clock.advance(1_000);
    await work(mesh.queue, worker, await nextMessage(mesh.queue));
  }
  const outcome = await mesh.outcome();
  assert.deepEqual([outcome?.revision, outcome?.buildFailed, outcome?.failures], [1, false, []]);
  assert.deepEqual(mesh.log.fieldsOf('build').at(-1)?.['ms'], 4_000, 'the time from the start of the build to its end');
});

test('BLD-5, BLD-7: a poisoned view fails alone, ends in the dead letters, and is in the outcome', async () => {
  const { mesh, leader } = await handedOut(10);
  await drain(mesh.queue, leader.shards);
  mesh.edit();
  mesh.poisoned.add('team-4');
  await leader.builder.build('config');
  const outcomes = await drain(mesh.queue, mesh.process('worker').shards);
  assert.equal(outcomes.filter((outcome) => outcome === 'failed').length, MAX_RECEIVES);
  assert.deepEqual(await revisions(mesh), { ...all(10, 2), 'team-4': 1 }, 'it keeps its last good snapshot');
  const outcome = await mesh.outcome();
  assert.deepEqual([outcome?.revision, outcome?.buildFailed, outcome?.failures.length], [2, true, 1]);
  assert.match(outcome?.failures[0]?.reason ?? '', /team-4 is poison/);
  assert.equal(mesh.log.fieldsOf('view-given-up').length, 1);
  assert.match((await mesh.metrics.print()).text, /pilotless_views_given_up_total 1/);

  const [dead] = await mesh.deadLetters.receive(10);
  assert.equal(mesh.deadLetters.size(), 1);
  mesh.poisoned.clear();
  await mesh.queue.sendAll([dead?.body]); // an operator sends it again when the cause is gone
  await drain(mesh.queue, mesh.process('repaired').shards);
  assert.deepEqual(await revisions(mesh), all(10, 2));
  assert.equal((await mesh.outcome())?.buildFailed, false);
});

test('BLD-5: a shard whose builder died is built view by view, and what it dies of is known before it dies again', async () => {
  const { mesh } = await handedOut(6);
  const first = await nextMessage(mesh.queue); // taken by a builder that dies without a word
  const { shards } = mesh.process('worker');
  await work(mesh.queue, shards, await nextMessage(mesh.queue));
  assert.equal(await mesh.outcome(), undefined);
  mesh.clock.advance(VISIBILITY);
  const again = await nextMessage(mesh.queue);
  assert.deepEqual([again.body, again.receives], [first.body, 2]);
  assert.equal(await work(mesh.queue, shards, again), 'split');
  assert.equal(mesh.queue.size(), 3);
  assert.deepEqual((await mesh.outcome())?.failures.length, 3, 'none of the three has been built so far');
  await drain(mesh.queue, shards);
  assert.deepEqual(await revisions(mesh), all(6, 1));
  assert.equal((await mesh.outcome())?.buildFailed, false);
});

test('FLT-1: doubled and late messages change nothing', async () => {
  const { mesh, leader } = await handedOut(6);
  const message = await nextMessage(mesh.queue);
  await mesh.queue.sendAll([message.body, message.body]);
  await mesh.queue.remove(message.receipt);
  await drain(mesh.queue, leader.shards);
  const [heads, outcome] = [await mesh.heads(), await mesh.outcome()];
  mesh.clock.advance(60_000);
  await mesh.queue.sendAll([message.body]);
  assert.deepEqual(await drain(mesh.queue, leader.shards), ['built']);
  assert.deepEqual([await mesh.heads(), await mesh.outcome()], [heads, outcome]);
});

test('a view that is built is built, whatever a doubled message of it tells later', async () => {
  const { mesh, leader } = await handedOut(6);
  const message = await nextMessage(mesh.queue);
  await work(mesh.queue, leader.shards, message);
  await drain(mesh.queue, leader.shards);
  const outcome = await mesh.outcome();
  assert.equal(outcome?.buildFailed, false);
  for (const namespace of mesh.namespaces) mesh.poisoned.add(namespace);
  await leader.shards.build(message.body, 1);
  await leader.shards.build(message.body, 2);
  assert.deepEqual(await mesh.outcome(), outcome);
});

test('BLD-2, LE-20: after a new reign the messages of the old one are stale, and its builders write no more', async () => {
  const { mesh, leader } = await handedOut(6);
  await leader.builder.stepDown();
  const late = await nextMessage(mesh.queue);
  const released = await mesh.records.get<Lease>(builderLease);
  assert.equal(released?.record.holderIdentity, '');
  assert.equal(await work(mesh.queue, leader.shards, late), 'built', 'a reign without a successor goes on');

  // The next leader comes while a view of the old reign is being sealed.
  let comesIn: (() => Promise<unknown>) | undefined = async () => mesh.process('next').builder.build('timer');
  const overtaken = mesh.process('overtaken', {
    records: {
      ...mesh.records,
      putGuarded: async (key, record, condition) => {
        const come = comesIn;
        comesIn = undefined;
        await come?.();
        return mesh.records.putGuarded(key, record, condition);
      },
    },
  });
  const before = await mesh.heads();
  const old = await nextMessage(mesh.queue);
  assert.equal(await work(mesh.queue, overtaken.shards, old), 'stale');
  assert.deepEqual(await mesh.heads(), before);
  assert.equal(await leader.shards.build(late.body, 1), 'stale');
  await drain(mesh.queue, leader.shards);
  const heads = Object.values(await mesh.heads());
  assert.deepEqual(heads.length, 6);
  assert.equal((await mesh.outcome())?.buildFailed, false);
});

test('LE-20: a lease that is renewed while a shard is built voids nothing', async () => {
  const { mesh, leader } = await handedOut(6);
  const renewing = mesh.process('worker', {
    records: {
      ...mesh.records,
      putGuarded: async (key, record, condition) => {
        const lease = await mesh.records.get<Lease>(builderLease);
        const isFirst = condition.guard.etag === lease?.etag && mesh.log.fieldsOf('renewed').length === 0;
        if (isFirst && lease) await mesh.records.putIf(builderLease, { ...lease.record }, lease.etag);
        if (isFirst) mesh.log.info('renewed');
        return mesh.records.putGuarded(key, record, condition);
      },
    },
  });
  assert.equal(await work(mesh.queue, renewing.shards, await nextMessage(mesh.queue)), 'built');
  assert.equal(mesh.log.fieldsOf('renewed').length, 1);
  await drain(mesh.queue, leader.shards);
  assert.deepEqual(await revisions(mesh), all(6, 1));
});

test('BLD-1: a shard is built at the newest revision, without the views that it no longer has', async () => {
  const { mesh, leader } = await handedOut(6);
  mesh.edit();
  mesh.namespaces.delete('team-2');
  await drain(mesh.queue, mesh.process('worker').shards);
  const { 'team-2': _gone, ...left } = all(6, 2);
  assert.deepEqual(await revisions(mesh), left);
  assert.equal((await mesh.outcome())?.revision, 1, 'the build of the second revision has not begun');
  await leader.builder.build('config');
  assert.deepEqual(new Set(await drain(mesh.queue, leader.shards)), new Set(['built']));
  assert.equal((await mesh.outcome())?.revision, 2);
});

test('a build of the same reign ends the one before, also when the leader builds it alone', async () => {
  const { mesh, leader } = await handedOut(6);
  await leader.builder.build('timer');
  const outcomes = await drain(mesh.queue, leader.shards);
  assert.deepEqual(outcomes, ['stale', 'stale', 'built', 'built']);

  await leader.builder.build('timer');
  for (const namespace of names(6).slice(2)) mesh.namespaces.delete(namespace);
  assert.equal((await leader.builder.build('timer')).outcome, 'built');
  assert.deepEqual(await drain(mesh.queue, leader.shards), ['stale', 'stale']);
});

test('a leader whose lease was lost goes above the heads of older reigns before it hands anything out', async () => {
  const { mesh, leader } = await handedOut(6);
  await leader.builder.stepDown();
  await mesh.process('second').builder.build('timer');
  await drain(mesh.queue, leader.shards);
  mesh.edit();
  const lease = await mesh.records.get(builderLease);
  await mesh.records.removeIf(builderLease, lease?.etag);
  await mesh.process('third').builder.build('config');
  assert.deepEqual(new Set(await drain(mesh.queue, leader.shards)), new Set(['built']));
  assert.deepEqual(await revisions(mesh), all(6, 2));
});

test('a message that nobody can read fails, and says so', async () => {
  const { mesh, leader } = await handedOut(6);
  assert.equal(await leader.shards.build({ build: 'yes' }, 1), 'failed');
  assert.equal(mesh.log.fieldsOf('shard-unreadable').length, 1);
});

test('a build takes a breath between views when it has been busy for long', async () => {
  const { mesh } = await handedOut(6);
  const slow = (): never => {
    mesh.clock.advance(30);
    throw new Error('slow, and in vain');
  };
  const building = mesh.process('worker', { sealView: slow });
  const message = await nextMessage(mesh.queue);
  const done = building.shards.build(message.body, 1);
  let breaths = 0;
  const watch = async (): Promise<void> => {
    for (let turn = 0; turn < 200; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (mesh.clock.sleepers() === 0) continue;
      breaths += 1;
      mesh.clock.advance(1);
    }
  };
  await Promise.all([done, watch()]);
  assert.equal(breaths, 2, 'before the second view and before the third');
});

test('VIEW-1: the index of a world is published when its views have their snapshots, or when the build before never ended', async () => {
  const { mesh, leader } = await handedOut(6);
  const index = async () => (await mesh.records.get<IndexHead>(INDEX_KEY))?.record.revision;
  await work(mesh.queue, leader.shards, await nextMessage(mesh.queue));
  assert.equal(await index(), undefined, 'one of two shards is built');
  await drain(mesh.queue, leader.shards);
  assert.equal(await index(), 1);

  mesh.edit(true);
  await leader.builder.build('config');
  assert.equal(await index(), 1);
  mesh.edit(false);
  await leader.builder.build('config');
  mesh.edit(true);
  await leader.builder.build('config');
  assert.equal(await index(), 4, 'two builds were cut short');
});
