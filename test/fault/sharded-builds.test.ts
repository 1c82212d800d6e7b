import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '../../lib/control/lead/lease.ts';
import type { Head } from '../../lib/control/build/served-heads.ts';
import type { ReceivedMessage } from '../../lib/ports/queue.ts';
import type { Etag, RecordKey, Records } from '../../lib/ports/records.ts';
import type { ShardBuilder } from '../../lib/control/shards/shard-builder.ts';
import { StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { type Faults, flakyBlobs, flakyRecords, seededFaults } from '../support/faulty-store.ts';
import { mortalStore, ProcessDied } from '../support/mortal-store.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import {
  builderLease,
  type BuildingProcess,
  type ShardedMesh,
  shardedMesh,
  VISIBILITY,
} from '../support/sharded-builds.ts';

// Leaders that hand builds out and builders of shards, over a store with faults and a queue that doubles, delays and reorders;
// each process is killed at some call. Every seed is a schedule of its own.

const SEEDS = Number(process.env['FAULT_SCHEDULES'] ?? 40);
const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? process.env['PILOTLESS_SEED'] ?? 1);
const VIEWS = 7;
const STEPS = 40;
const LEADERS = 2;
const POISONED = 'team-3';
const POISONED_FOR_A_WHILE = 'team-5';

for (const hasPoison of [false, true]) {
  const title = hasPoison ? ', with a view that can never be built' : '';
  test(`FLT-2, BLD-5: heads never go back, and in the end all views have the newest revision${title}`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      await simulate(seed, hasPoison).catch((error: unknown) => {
        throw new Error(`seed ${seed} (poison: ${hasPoison})`, { cause: error });
      });
    }
  });
}

async function simulate(seed: number, hasPoison: boolean): Promise<void> {
  const mesh = shardedMesh(VIEWS);
  if (hasPoison) mesh.poisoned.add(POISONED);
  const faults = seededFaults(seed, { unavailable: 0.02, lostAnswer: 0.02, lateWrite: 0.01 });
  const random = seededRandom(seed * 7 + 1);
  const history = headHistory(mesh);
  const world: Simulation = { mesh, faults, random, records: history.records, leaders: [], delivered: [] };
  mesh.edit();
  for (let step = 0; step < STEPS; step += 1) await takeStep(world);
  await faults.stop();
  await endWell(world);
  history.check();
  const expected = hasPoison ? VIEWS - 1 : VIEWS;
  await checkEnd(mesh, { expected, hasPoison });
}

interface Simulation {
  readonly mesh: ShardedMesh;
  readonly faults: Faults;
  readonly random: SeededRandom;
  readonly records: Records;
  /** Functions that may lead, each with what it has seen of the lease. */
  readonly leaders: (BuildingProcess | undefined)[];
  /** What was handed out already, to be handed out once more. */
  readonly delivered: ReceivedMessage[];
}

async function takeStep(world: Simulation): Promise<void> {
  const { mesh, random } = world;
  const draw = random.below(8);
  if (draw === 0) return mesh.edit();
  if (draw === 1) return mesh.clock.advance(random.below(2) === 0 ? 20_000 : VISIBILITY);
  const actors = Array.from({ length: 1 + random.below(4) }, () => random.below(4) === 0);
  await Promise.all(actors.map((leads) => (leads ? lead(world) : buildOne(world))));
}

/** One of the functions that are woken by a change; it lives on, or is stopped or killed and its place taken by another. */
async function lead(world: Simulation): Promise<void> {
  const { leaders, random } = world;
  const place = random.below(LEADERS);
  const leader = (leaders[place] ??= startProcess(world));
  const outcome = await survive(leader.builder.build('config'));
  if (random.below(2) === 0) await survive(leader.builder.stepDown());
  if (outcome === undefined) leaders[place] = undefined;
}

/** A process over the faulty store, which dies at one of its next calls, or lives. */
function startProcess({ mesh, faults, random, records }: Simulation): BuildingProcess {
  const store = { records: flakyRecords(records, faults), blobs: flakyBlobs(mesh.blobs, faults) };
  const atCall = 1 + random.below(80);
  const death =
    random.below(2) === 0 ? undefined : ({ atCall, when: random.below(2) === 0 ? 'before' : 'after' } as const);
  const mortal = mortalStore(store, death);
  return mesh.process(`process-${random.below(1_000_000_000)}`, mortal);
}

/** A function takes a message that waits, or gets an old one once more. */
async function buildOne(world: Simulation): Promise<void> {
  const { mesh, random, delivered } = world;
  const isDouble = delivered.length > 0 && random.below(4) === 0;
  const [message] = isDouble ? [delivered[random.below(delivered.length)]] : await mesh.queue.receive(1);
  if (message === undefined) return;
  delivered.push(message);
  const outcome = await survive(startProcess(world).shards.build(message.body, message.receives));
  const isLost = random.below(5) === 0; // the removal never arrives
  if (outcome !== undefined && outcome !== 'failed' && !isLost) await mesh.queue.remove(message.receipt);
}

/** `undefined` when the store or the process failed: the event source sees nothing else. */
async function survive<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof ProcessDied) return undefined;
    throw error;
  }
}

/**
 * The faults are over: the stream repeats the newest batch until a leader took it, and several functions work the queue off, whose
 * calls still meet in any order. One more view is poisoned for a while: what is said of it has to be taken back.
 */
async function endWell({ mesh, random, records, ...world }: Simulation): Promise<void> {
  const calm = seededFaults(world.faults.seed + 1_000, { unavailable: 0, lostAnswer: 0, lateWrite: 0 });
  const shuffled = { records: flakyRecords(records, calm), blobs: flakyBlobs(mesh.blobs, calm) };
  const last = mesh.process('last', shuffled);
  for (let turn = 0; ; turn += 1) {
    assert.ok(turn < 5, 'a leader is found');
    mesh.clock.advance(60_000); // whoever died while it led
    if ((await last.builder.build('timer')).outcome === 'fanned-out') break;
  }
  await last.builder.stepDown();
  mesh.poisoned.add(POISONED_FOR_A_WHILE);
  const workers = [1, 2, 3].map((n) => mesh.process(`last-${n}`, shuffled).shards);
  for (let turn = 0; mesh.queue.size() > 0; turn += 1) {
    assert.ok(turn < 100, 'the queue is worked off');
    await Promise.all(workers.map((shards) => workSome(mesh, shards, 1 + random.below(3))));
    if (turn >= 1) mesh.poisoned.delete(POISONED_FOR_A_WHILE);
    mesh.clock.advance(VISIBILITY / 4);
  }
}

async function workSome(mesh: ShardedMesh, shards: ShardBuilder, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const [message] = await mesh.queue.receive(1);
    if (message === undefined) return;
    const outcome = await shards.build(message.body, message.receives);
    if (outcome !== 'failed') await mesh.queue.remove(message.receipt);
  }
}

async function checkEnd(
  mesh: ShardedMesh,
  { expected, hasPoison }: { readonly expected: number; readonly hasPoison: boolean },
): Promise<void> {
  const alone = mesh.process('alone', { shardWork: 1_000 });
  const heads = await mesh.heads();
  assert.equal(Object.keys(heads).length, expected);
  const outcome = await mesh.outcome();
  assert.ok(outcome, 'the build has an outcome');
  assert.equal(outcome.buildFailed, hasPoison);
  assert.equal(outcome.failures.length, hasPoison ? 1 : 0);
  // A leader that builds all by itself, with nothing remembered, finds every snapshot as it should be.
  mesh.clock.advance(60_000);
  const report = await alone.builder.build('timer');
  assert.equal(report.outcome, 'built');
  if (report.outcome === 'built') assert.deepEqual([report.views.kept, report.views.replaced], [expected, 0]);
  assert.deepEqual(
    Object.values(await mesh.heads()).map(({ revision }) => revision <= outcome.revision),
    Array.from({ length: expected }, () => true),
  );
}

/** Watches every write of a head, and under which lease it went in. */
function headHistory(mesh: ShardedMesh): { readonly records: Records; check(): void } {
  const written = new Map<string, { readonly head: Head; readonly reign: number | undefined }[]>();
  // The store in memory does its work within the call, so both see the same instant.
  const watch = async (key: RecordKey, record: unknown, put: () => Promise<Etag | undefined>) => {
    const [lease, won] = await Promise.all([mesh.records.get<Lease>(builderLease), put()]);
    if (won !== undefined && key.partition === 'heads') {
      const entry = { head: record as Head, reign: lease?.record.leaderTransitions };
      written.set(key.id, [...(written.get(key.id) ?? []), entry]);
    }
    return won;
  };
  return {
    records: {
      ...mesh.records,
      putIf: (key, record, expected) => watch(key, record, () => mesh.records.putIf(key, record, expected)),
      putGuarded: (key, record, condition) => watch(key, record, () => mesh.records.putGuarded(key, record, condition)),
    },
    check() {
      assert.ok(written.size > 0, 'heads were written');
      for (const heads of written.values()) {
        for (const { head, reign } of heads) assert.equal(head.epoch, reign, 'only the reign that is on publishes');
        heads.reduce((before, entry) => {
          assert.ok(entry.head.revision >= before.head.revision, 'no head goes back to an older revision');
          return entry;
        });
      }
    },
  };
}
