import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { type AnsweredEnvoy, answeredEnvoy, type SendPoll } from '../support/answered-envoy.ts';
import { sentIn, type TestDelivery, testDelivery } from '../support/delivery.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { flakyRecords, seededFaults } from '../support/faulty-store.ts';
import { flippedMesh } from '../support/flipped-mesh.ts';
import { testStart } from '../support/config-store.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

const SEEDS = Number(process.env['PILOTLESS_RUNS'] ?? 60);
const FIRST_SEED = Number(process.env['PILOTLESS_SEED'] ?? 1);
const EVENTS = 60;
const live = { port: 9080, v1: [8001, 8002], v2: [8003, 8004] } as const;

test(`SNAP-3: over ${SEEDS} seeds, a proxy that several processes answer stays whole and comes to the newest`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    try {
      await simulate(seed);
    } catch (cause) {
      throw new Error(`PILOTLESS_SEED=${seed} fails`, { cause });
    }
  }
});

interface World {
  readonly random: SeededRandom;
  readonly envoy: AnsweredEnvoy;
  readonly instances: readonly TestDelivery[];
  /** Of the instance that builds, with a store that never fails. */
  readonly builder: TestDelivery;
}

async function simulate(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const faults = seededFaults(seed, { unavailable: 0.02, lostAnswer: 0.02, lateWrite: 0.02 });
  const sound = memoryRecords();
  const clock = fakeClock({ at: testStart });
  const blobs = memoryBlobs(clock);
  const instance = (): TestDelivery =>
    testDelivery({ blobs, clock, records: flakyRecords(sound, faults), hearsAllPolls: false });
  const builder = testDelivery({ blobs, clock, records: sound, hearsAllPolls: false });
  const world = { random, envoy: answeredEnvoy(), instances: [instance(), instance(), instance()], builder };
  const all = [...world.instances, builder];
  const configure = async (): Promise<void> => {
    const mesh = flippedMesh(random, live);
    for (const one of all) one.configure(mesh);
    await builder.builder.build('config');
  };
  for (const one of all) one.configure(flippedMesh(seededRandom(seed), live));
  await builder.poll('clusters'); // makes the view known, so that it is built
  await start(world);
  for (let event = 0; event < EVENTS; event += 1) {
    clock.advance(random.below(400));
    if (random.below(8) === 0) await configure();
    else await pollSome(world);
    assert.deepEqual(world.envoy.broken(), [], `after event ${event}`);
  }
  await faults.stop();
  // Long enough for a loop that has ended to be missed by instances that hear of it from each other.
  for (let round = 0; round < 14; round += 1) {
    clock.advance(10_000);
    for (const loop of world.envoy.loops()) await world.envoy.poll(loop, sendTo(pick(random, world.instances)));
    assert.deepEqual(world.envoy.broken(), [], `in round ${round}`);
  }
  assert.deepEqual(world.envoy.clusters(), await newestClusters(builder));
}

/** A proxy that starts asks for clusters, their endpoints, listeners and routes, one after another. */
async function start({ envoy, builder }: World): Promise<void> {
  for (const type of ['clusters', 'endpoints', 'listeners', 'routes']) {
    for (const loop of envoy.loops()) if (loop.split('/')[0] === type) await envoy.poll(loop, sendTo(builder));
  }
}

/**
 * A few loops poll in one moment, each answered by any of the instances. New loops poll at once, and again before any other when
 * they had no answer: the next poll of one comes before the second one of any loop that had its answer.
 */
async function pollSome({ random, envoy, instances }: World): Promise<void> {
  for (const loop of envoy.waiting()) await envoy.poll(loop, sendTo(pick(random, instances)));
  const before = new Set(envoy.loops());
  const chosen = Array.from({ length: 1 + random.below(3) }, () => pick(random, envoy.loops()));
  await Promise.all([...new Set(chosen)].map((loop) => envoy.poll(loop, sendTo(pick(random, instances)))));
  const opened = envoy.loops().filter((loop) => !before.has(loop));
  for (const loop of opened) await envoy.poll(loop, sendTo(pick(random, instances)));
}

/** As in a function: what an instance learnt is written before its answer is out. */
const sendTo =
  (instance: TestDelivery): SendPoll =>
  async (path, names, version) => {
    const answer = await instance.poll(path, { names, version });
    await instance.flush().catch(() => undefined); // the store is away: what was learnt is written later
    return answer;
  };

const pick = <T>(random: SeededRandom, list: readonly T[]): T => list[random.below(list.length)] as T;

/** What another proxy of the same view is given that has just been started. */
async function newestClusters(service: TestDelivery): Promise<readonly string[]> {
  const node = {
    id: 'sidecar~10.0.0.8~other.default~default.svc.cluster.local',
    cluster: 'client',
    metadata: { NAMESPACE: 'default', INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: '5s' },
  };
  const { resources } = await sentIn(await service.poll('clusters', { node }));
  return resources.map(({ name }) => String(name)).sort();
}
