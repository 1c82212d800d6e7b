import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import type { ContentHash } from '../../lib/base/hashing.ts';
import { type ConfigStore, configStore, parentState, stateOf } from '../../lib/control/config/config-store.ts';
import { allObjects } from '../../lib/control/config/existing-objects.ts';
import { type NamedCommit, parentOf, readCommit } from '../../lib/control/revisions/commit.ts';
import { HEAD_KEY, readNewest } from '../../lib/control/revisions/head.ts';
import { diffTries } from '../../lib/control/revisions/read-trie.ts';
import type { StoredObject } from '../../lib/control/revisions/stored-object.ts';
import type { Etag, RecordKey, Records } from '../../lib/ports/records.ts';
import { StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { applyText, documents, virtualService } from '../support/apply.ts';
import { countingIds, skippingClock, testStore } from '../support/config-store.ts';
import { type FaultOdds, flakyBlobs, flakyRecords, seededFaults } from '../support/faulty-store.ts';
import { mortalStore, ProcessDied } from '../support/mortal-store.ts';
import { recordingLog } from '../support/recording-log.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Schedules in a run of the suite; FAULT_SCHEDULES asks for more, FAULT_SEED for one. */
const SCHEDULES = Number(process.env['FAULT_SCHEDULES'] ?? 400);
const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? process.env['PILOTLESS_SEED'] ?? 1);

const odds: FaultOdds = { unavailable: 0.03, lostAnswer: 0.03, lateWrite: 0.02 };
/** A process dies at one of its first so many calls; an apply takes about fifteen. */
const LONGEST_LIFE_CALLS = 60;
/** Turns of the microtask queue until it is started again: up to about two applies of the others. */
const LONGEST_RESTART_TURNS = 400;

/** What a client asked for and what it was told. */
interface Request {
  readonly key: string;
  readonly names: readonly string[];
  /** The revision that was acknowledged. */
  acknowledged?: number;
  /** Revision that was acknowledged to anyone before this request was sent. */
  readonly after: number;
}

interface Simulation {
  readonly store: ConfigStore;
  readonly requests: readonly Request[];
}

/** Several clients apply at once, each from a process that dies and is started again, on a store that misbehaves. */
async function simulate(seed: number): Promise<Simulation> {
  const random = seededRandom(seed);
  const faults = seededFaults(seed, odds);
  const shared = { blobs: memoryBlobs(), records: onlyForward(memoryRecords()) };
  const flaky = { blobs: flakyBlobs(shared.blobs, faults), records: flakyRecords(shared.records, faults) };
  const requests: Request[] = [];
  let newestAcknowledged = 0;
  let processes = 0;
  const startProcess = (): ConfigStore => {
    processes += 1;
    const when = random.fraction() < 0.5 ? 'before' : 'after';
    const { blobs, records } = mortalStore(flaky, { atCall: 1 + random.below(LONGEST_LIFE_CALLS), when });
    const [name, count] = [`process-${processes}`, countingIds()];
    return configStore({
      blobs,
      records,
      clock: skippingClock(),
      log: recordingLog(),
      ids: () => `${name}-${count()}`,
      secrets: memorySecretBox(),
    });
  };

  const client = async (name: string): Promise<void> => {
    let store = startProcess();
    for (let index = 0; index < 4; index += 1) {
      const names = ['a', 'b', 'c', 'd', 'e'].filter(() => random.fraction() < 0.4);
      if (names.length === 0) names.push('a');
      const request: Request = { key: `${name}-${index}`, names, after: newestAcknowledged };
      requests.push(request);
      const text = documents(...names.map((each) => virtualService(each, { host: `${request.key}.example` })));
      for (let attempt = 0; attempt < 6 && request.acknowledged === undefined; attempt += 1) {
        try {
          const outcome = await applyText(store, text, { idempotencyKey: request.key, writer: name });
          if (outcome.outcome === 'applied') {
            request.acknowledged = outcome.revision;
            newestAcknowledged = Math.max(newestAcknowledged, outcome.revision);
          } else assert.equal(outcome.outcome, 'contended');
        } catch (error) {
          if (error instanceof ProcessDied) {
            // Others go on meanwhile, so that what this one left behind is no longer the newest.
            await turns(random.below(LONGEST_RESTART_TURNS));
            store = startProcess();
          } else if (!(error instanceof StoreUnavailable)) throw error;
        }
      }
    }
  };

  await Promise.all(['x', 'y', 'z'].map(client));
  await faults.stop();
  return { store: testStore(shared), requests };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

/** Records that notice a head which does not move to the next revision. */
function onlyForward(records: Records): Records {
  let newest = 0;
  return {
    ...records,
    putIf: async <T>(key: RecordKey, record: T, expected: Etag | undefined) => {
      const written = await records.putIf(key, record, expected);
      if (written !== undefined && key.partition === HEAD_KEY.partition) {
        const { revision } = record as { readonly revision: number };
        assert.equal(revision, newest + 1, `the head went from ${newest} to ${revision}`);
        newest = revision;
      }
      return written;
    },
  };
}

/** Every commit from the newest to the first. */
async function history(store: ConfigStore): Promise<readonly NamedCommit[]> {
  const commits: NamedCommit[] = [];
  let at = await readNewest(store.records, store.reader);
  while (at) {
    commits.push(at);
    const parent = parentOf(at);
    at = parent && (await readCommit(store.reader, parent));
  }
  return commits;
}

async function check({ store, requests }: Simulation): Promise<void> {
  const commits = (await history(store)).toReversed();
  assert.deepEqual(
    commits.map(({ content }) => content.revision),
    commits.map((_, index) => index + 1),
  );
  const byRequest = new Map(requests.map((request) => [request.key, request]));
  const revisionOf = new Map<string, number>();
  for (const commit of commits) {
    const key = commit.content.idempotency?.key ?? '';
    assert.ok(!revisionOf.has(key), `${key} was applied twice`);
    revisionOf.set(key, commit.revision);
    await checkWhole(store, commit, byRequest.get(key));
  }
  for (const { key, acknowledged, after } of requests) {
    if (acknowledged === undefined) continue;
    assert.equal(revisionOf.get(key), acknowledged, `${key} was acknowledged as revision ${acknowledged}`);
    assert.ok(acknowledged > after, `${key} came before what was acknowledged earlier`);
  }
}

/** All of a request is in its revision and nothing else; every body that the revision names exists. */
async function checkWhole(store: ConfigStore, commit: NamedCommit, request: Request | undefined): Promise<void> {
  assert.ok(request, `revision ${commit.revision} was asked for by nobody`);
  const before = await parentState(store, commit);
  const changes = await diffTries<ContentHash>(store.reader, before.tree, commit.content.tree);
  assert.deepEqual(
    changes.map(({ key }) => key).sort(),
    request.names.map((name) => `VirtualService/default/${name}`),
  );
  for (const { after } of changes) {
    assert.ok(after);
    const { spec } = await store.reader.read<StoredObject & { readonly spec: { readonly hosts: readonly string[] } }>(
      after,
    );
    assert.deepEqual(spec.hosts, [`${request.key}.example`]);
  }
  const objects = await allObjects(store, stateOf(commit));
  assert.ok(objects.every(({ stamp }) => stamp.resourceVersion <= commit.revision));
}

test(`FLT-1, FLT-2, STO-5: ${SCHEDULES} schedules from seed ${FIRST_SEED} lose no acknowledged apply and leave nothing half done`, async () => {
  let acknowledged = 0;
  let killed = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
    try {
      const simulation = await simulate(seed);
      await check(simulation);
      acknowledged += simulation.requests.filter((request) => request.acknowledged !== undefined).length;
      killed += simulation.requests.filter((request) => request.acknowledged === undefined).length;
    } catch (error) {
      throw new Error(`FAULT_SEED=${seed} FAULT_SCHEDULES=1 repeats it`, { cause: error });
    }
  }
  assert.ok(acknowledged > SCHEDULES * 6, `only ${acknowledged} requests were acknowledged (${killed} were not)`);
});
