import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { type MemoryQueue, memoryQueue } from '../../lib/adapters/memory/memory-queue.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { type BuildOutcome, newestBuild } from '../../lib/control/build/build-outcome.ts';
import { type Builder, builder } from '../../lib/control/build/build-views.ts';
import { leaseKey } from '../../lib/control/lead/lease.ts';
import { metrics, type Metrics } from '../../lib/control/metrics.ts';
import { pieceMemory } from '../../lib/control/build/piece-memory.ts';
import { viewIndexPublisher } from '../../lib/control/views/publish-view-index.ts';
import { type SealView, viewSealer } from '../../lib/control/build/seal-view.ts';
import { type Head, servedHeads } from '../../lib/control/build/served-heads.ts';
import { type ShardBuilder, shardBuilder, type ShardOutcome } from '../../lib/control/shards/shard-builder.ts';
import { storedSnapshots } from '../../lib/control/build/stored-snapshots.ts';
import { reportSealer, storedReports } from '../../lib/control/status/view-report.ts';
import { type View, type WorldAt, worlds } from '../../lib/control/build/worlds.ts';
import { hashOf } from '../../lib/base/hashing.ts';
import type { Blobs } from '../../lib/ports/blobs.ts';
import type { Queue, ReceivedMessage } from '../../lib/ports/queue.ts';
import type { Records } from '../../lib/ports/records.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { testStart } from './config-store.ts';
import { serviceEntry } from './delivery.ts';
import { resourcesOf } from './documents.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { proxyFacts } from './proxy-facts.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';

/** The lease of all builders here. */
export const builderLease = leaseKey('builder', '');

/** One store, one queue and a config that a test sets, on which any number of processes build the same views. */
export interface ShardedMesh {
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  readonly metrics: Metrics;
  readonly records: Records;
  readonly blobs: Blobs;
  readonly queue: MemoryQueue;
  readonly deadLetters: MemoryQueue;
  /** Namespaces whose views cannot be built. */
  readonly poisoned: Set<string>;
  /** Every namespace has one proxy, and so one view. */
  readonly namespaces: Set<string>;
  /** Makes a revision that changes every view; `tellsApart` names a label, by which proxies are told apart from then on. */
  edit(tellsApart?: boolean): void;
  process(holder: string, replaced?: Partial<ProcessParts>): BuildingProcess;
  /** The served head of each namespace that has one. */
  heads(): Promise<Readonly<Record<string, Head>>>;
  outcome(): Promise<BuildOutcome | undefined>;
}

export interface ProcessParts {
  readonly records: Records;
  readonly blobs: Blobs;
  readonly queue: Pick<Queue, 'sendAll'>;
  readonly sealView: SealView;
  readonly shardWork: number;
}

export interface BuildingProcess {
  readonly builder: Builder;
  readonly shards: ShardBuilder;
}

const SELECTING_RULE = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: told-apart }
spec:
  host: reviews.default.svc.cluster.local
  workloadSelector: { matchLabels: { told: apart } }
`;

/** One service, so that work is the number of views; three views make a shard unless a process is told otherwise. */
const SHARD_WORK = 3;
export const VISIBILITY = durationMs(60_000);

export function shardedMesh(size: number): ShardedMesh {
  const clock = fakeClock({ at: testStart });
  const [log, counted] = [recordingLog(), metrics(new Registry(), 'test')];
  const [records, blobs] = [memoryRecords(), memoryBlobs(clock)];
  const deadLetters = memoryQueue(clock, { visibility: VISIBILITY });
  const queue = memoryQueue(clock, { visibility: VISIBILITY, deadLetters });
  const namespaces = new Set(Array.from({ length: size }, (_, n) => `team-${n}`));
  const poisoned = new Set<string>();
  const config: { revision: number; resources: readonly Resource[] } = { revision: 0, resources: [] };
  const knownViews = async (world: WorldAt): Promise<readonly View[]> =>
    [...namespaces].map((namespace) => {
      const facts = proxyFacts({ type: 'sidecar', namespace });
      return world.viewOf(facts, hashOf(facts));
    });
  const sealer = (): SealView => {
    const seal = viewSealer(pieceMemory());
    return (world, view) => {
      if (poisoned.has(view.facts.namespace)) throw new Error(`${view.facts.namespace} is poison`);
      return seal(world, view);
    };
  };
  const source = {
    newestRevision: async () => config.revision,
    newestHealth: async () => '',
    readNewest: async () => ({ ...config, health: '' }),
  };
  return {
    clock,
    log,
    metrics: counted,
    records,
    blobs,
    queue,
    deadLetters,
    poisoned,
    namespaces,
    edit(tellsApart = false) {
      config.revision += 1;
      const entry = serviceEntry('reviews.default.svc.cluster.local', `10.0.0.${config.revision}`);
      config.resources = resourcesOf(tellsApart ? entry + SELECTING_RULE : entry);
    },
    process(holder, replaced = {}) {
      const parts = { records, blobs, queue, sealView: sealer(), shardWork: SHARD_WORK, ...replaced };
      const ports = {
        ...parts,
        clock,
        log,
        metrics: counted,
        heads: servedHeads(parts.records, clock),
        snapshots: storedSnapshots(parts.blobs),
        reports: storedReports(parts.blobs),
        sealReport: reportSealer(),
        worlds: worlds({ config: source, clock, metrics: counted }),
        knownViews,
        publishIndex: viewIndexPublisher(parts),
        lease: builderLease,
        holder,
      };
      const { queue: to, shardWork } = parts;
      return { builder: builder({ ...ports, fanOut: { queue: to, shardWork } }), shards: shardBuilder(ports) };
    },
    async heads() {
      const world = await worlds({ config: source, clock, metrics: counted }).newest();
      const served = servedHeads(records, clock);
      const found = (await knownViews(world)).map(
        async ({ key, facts }) => [facts.namespace, (await served.lookNow(key))?.record] as const,
      );
      const heads = (await Promise.all(found)).flatMap(([name, head]) => (head ? [[name, head] as const] : []));
      return Object.fromEntries(heads);
    },
    outcome: () => newestBuild(records),
  };
}

/** The next message that is there, now. */
export async function nextMessage(queue: Queue): Promise<ReceivedMessage> {
  const [message] = await queue.receive(1);
  assert.ok(message !== undefined, 'a message waits');
  return message;
}

/** Does one message as an event source would: removes it, or leaves it to come again. */
export async function work(queue: Queue, shards: ShardBuilder, message: ReceivedMessage): Promise<ShardOutcome> {
  const outcome = await shards.build(message.body, message.receives);
  if (outcome === 'failed') await queue.giveBack(message.receipt, durationMs(0));
  else await queue.remove(message.receipt);
  return outcome;
}

/** Works until nothing is left; what never succeeds ends in the dead letters. */
export async function drain(queue: MemoryQueue, shards: ShardBuilder): Promise<readonly ShardOutcome[]> {
  const outcomes: ShardOutcome[] = [];
  while (queue.size() > 0) {
    const [message] = await queue.receive(1);
    if (message) outcomes.push(await work(queue, shards, message));
  }
  return outcomes;
}
