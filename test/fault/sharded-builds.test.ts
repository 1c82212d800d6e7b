import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Head } from '../../lib/control/served-heads.ts';
import type { ReceivedMessage } from '../../lib/ports/queue.ts';
import type { Records } from '../../lib/ports/records.ts';
import { StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { type Faults, flakyBlobs, flakyRecords, seededFaults } from '../support/faulty-store.ts';
import { mortalStore, ProcessDied } from '../support/mortal-store.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { type BuildingProcess, type ShardedMesh, shardedMesh, VISIBILITY } from '../support/sharded-builds.ts';

// Leaders that hand builds out and builders of shards, over a store with faults and a queue that doubles, delays and reorders;
// each process is killed at some call. Every seed is a schedule of its own.

const SEEDS = Number(process.env['FAULT_SEEDS'] ?? 150);
const VIEWS = 7;
const STEPS = 40;
const POISONED = 'team-3';

for (const hasPoison of [false, true]) {
  const title = hasPoison ? ', with a view that can never be built' : '';
  test(`FLT-2, BLD-5: heads never go back, and in the end all views have the newest revision${title}`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
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
  const world: Simulation = { mesh, faults, random, records: history.records, started: 0, delivered: [] };
  mesh.edit();
  for (let step = 0; step < STEPS; step += 1) await takeStep(world);
  await faults.stop();
  await endWell(mesh, history.records);
  history.check();
  const expected = hasPoison ? VIEWS - 1 : VIEWS;
  await checkEnd(mesh, { expected, hasPoison });
}

interface Simulation {
  readonly mesh: ShardedMesh;
  readonly faults: Faults;
  readonly random: SeededRandom;
  readonly records: Records;
  started: number;
  /** What was handed out already, to be handed out once more. */
  readonly delivered: ReceivedMessage[];
}

async function takeStep(world: Simulation): Promise<void> {
  const { mesh, random } = world;
  const draw = random.below(10);
  if (draw === 0) mesh.edit();
  else if (draw === 1) mesh.clock.advance(random.below(2) === 0 ? 20_000 : VISIBILITY);
  else if (draw < 4) await survive(startProcess(world).builder.build('config'));
  else await Promise.all(Array.from({ length: 1 + random.below(3) }, () => buildOne(world)));
}

/** A process over the faulty store, which dies at one of its next calls, or lives. */
function startProcess({ mesh, faults, random, records, ...world }: Simulation): BuildingProcess {
  const store = { records: flakyRecords(records, faults), blobs: flakyBlobs(mesh.blobs, faults) };
  const atCall = 1 + random.below(80);
  const death =
    random.below(2) === 0 ? undefined : ({ atCall, when: random.below(2) === 0 ? 'before' : 'after' } as const);
  const mortal = mortalStore(store, death);
  return mesh.process(`process-${world.started}-${random.below(1_000_000)}`, mortal);
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

/** The faults are over: the stream repeats the newest batch until a leader took it, and the queue is worked off. */
async function endWell(mesh: ShardedMesh, records: Records): Promise<void> {
  const last = mesh.process('last', { records });
  for (let turn = 0; ; turn += 1) {
    assert.ok(turn < 5, 'a leader is found');
    mesh.clock.advance(60_000); // whoever died while it led
    if ((await last.builder.build('timer')).outcome === 'fanned-out') break;
  }
  const worker = mesh.process('last-worker', { records });
  for (let turn = 0; mesh.queue.size() > 0; turn += 1) {
    assert.ok(turn < 100, 'the queue is worked off');
    mesh.clock.advance(VISIBILITY);
    await drainNow(mesh, worker);
  }
}

/** What is visible now, and what comes of it. */
async function drainNow(mesh: ShardedMesh, { shards }: BuildingProcess): Promise<void> {
  for (;;) {
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

/** Watches every write of a head, and what it replaces. */
function headHistory(mesh: ShardedMesh): { readonly records: Records; check(): void } {
  const written = new Map<string, Head[]>();
  return {
    records: {
      ...mesh.records,
      async putGuarded(key, record, condition) {
        const won = await mesh.records.putGuarded(key, record, condition);
        if (won !== undefined && key.partition === 'heads') {
          written.set(key.id, [...(written.get(key.id) ?? []), record as unknown as Head]);
        }
        return won;
      },
    },
    check() {
      assert.ok(written.size > 0, 'heads were written');
      for (const heads of written.values()) {
        heads.reduce((before, head) => {
          assert.ok(head.epoch >= before.epoch, 'no older reign writes over a newer one');
          assert.ok(head.revision >= before.revision, 'no head goes back to an older revision');
          return head;
        });
      }
    },
  };
}
