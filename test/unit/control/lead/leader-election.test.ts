import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { durationMs } from '../../../../lib/base/brand.ts';
import {
  type ElectionOptions,
  type LeaderElection,
  leaderElection,
} from '../../../../lib/control/lead/leader-election.ts';
import { leaderHealth } from '../../../../lib/control/lead/leader-health.ts';
import { type LeaseCandidate, leaseCandidate } from '../../../../lib/control/lead/lease-candidate.ts';
import {
  keyOfClaim,
  type Lease,
  LEASE_TIME,
  leaseKey,
  prefers,
  RENEW_DEADLINE,
  RETRY_PERIOD,
  type RevisionClaim,
} from '../../../../lib/control/lead/lease.ts';
import type { Records } from '../../../../lib/ports/records.ts';
import { StoreRefused, StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { testStart } from '../../../support/config-store.ts';
import { type FakeClock, fakeClock } from '../../../support/fake-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

const key = leaseKey('keeper');

interface Party extends LeaseCandidate {
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof recordingLog>;
}

/** A candidate with a clock of its own. */
function party(records: Pick<Records, 'get' | 'putIf'>, identity: string, claim: Partial<RevisionClaim> = {}): Party {
  const [clock, log] = [fakeClock({ at: testStart }), recordingLog()];
  const whole = { revision: '', isRemote: false, defaultRevision: () => undefined, ...claim };
  const candidate = { identity, key: keyOfClaim(whole), mayTakeFrom: prefers(whole) };
  return Object.assign(leaseCandidate({ records, clock, log }, key, candidate), { clock, log });
}

const stored = async (records: Records): Promise<Lease | undefined> => (await records.get<Lease>(key))?.record;

test('LE-1: a lease of 30 s, to be renewed within 15 s, tried every 7.5 s', () => {
  assert.deepEqual([LEASE_TIME, RENEW_DEADLINE, RETRY_PERIOD], [30_000, 15_000, 7_500]);
});

test('LE-2, LE-13: who finds no record creates it under its own name and key', async () => {
  const records = memoryRecords();
  assert.deepEqual((await party(records, 'a').attempt()).outcome, 'leads');
  assert.deepEqual(await stored(records), {
    holderIdentity: 'a',
    holderKey: 'default',
    leaseDurationSeconds: 30,
    acquireTime: testStart,
    renewTime: testStart,
    leaderTransitions: 0,
  });
});

test('LE-3: a living holder is left alone, and its record untouched', async () => {
  const records = memoryRecords();
  await party(records, 'a').attempt();
  const before = await records.get(key);
  assert.deepEqual(await party(records, 'b').attempt(), { outcome: 'follows', holder: 'a' });
  assert.deepEqual(await records.get(key), before);
});

test('LE-4: a lease ends when a candidate saw it unchanged for its time, whatever the clock of its holder said', async () => {
  const records = memoryRecords();
  const [holder, other] = [party(records, 'a'), party(records, 'b')];
  holder.clock.advance(-10 * LEASE_TIME); // far behind: the times it writes have long gone by for the other
  await holder.attempt();
  assert.equal((await other.attempt()).outcome, 'follows');
  other.clock.advance(LEASE_TIME - 1);
  assert.equal((await other.attempt()).outcome, 'follows');
  holder.clock.advance(RETRY_PERIOD);
  await holder.attempt();
  other.clock.advance(1);
  assert.equal((await other.attempt()).outcome, 'follows', 'it was renewed meanwhile');
  other.clock.advance(LEASE_TIME);
  assert.equal((await other.attempt()).outcome, 'leads');
});

test('LE-5: a take-over is a new reign that begins now', async () => {
  const records = memoryRecords();
  const [holder, other] = [party(records, 'a'), party(records, 'b')];
  await holder.attempt();
  await other.attempt();
  other.clock.advance(LEASE_TIME);
  await other.attempt();
  const lease = await stored(records);
  assert.deepEqual(
    [lease?.holderIdentity, lease?.leaderTransitions, lease?.acquireTime],
    ['b', 1, testStart + LEASE_TIME],
  );
  assert.equal((await holder.attempt()).outcome, 'follows');
  assert.equal(holder.isLeader(), false);
});

test('LE-6: a renewal keeps reign and beginning; one of the same name that was restarted goes on', async () => {
  const records = memoryRecords();
  const holder = party(records, 'a');
  await holder.attempt();
  holder.clock.advance(RETRY_PERIOD);
  await holder.attempt();
  assert.deepEqual(
    [(await stored(records))?.renewTime, (await stored(records))?.acquireTime],
    [testStart + RETRY_PERIOD, testStart],
  );
  const restarted = await party(records, 'a').attempt();
  assert.deepEqual(restarted.outcome === 'leads' && restarted.epoch, 0);
});

test('LE-6: a lease that was renewed just now is not written again', async () => {
  const records = memoryRecords();
  const holder = party(records, 'a');
  await holder.attempt();
  const before = await records.get(key);
  holder.clock.advance(RETRY_PERIOD - 1);
  assert.equal((await holder.attempt()).outcome, 'leads');
  assert.deepEqual(await records.get(key), before);
});

test('LE-7: whose update loses against another writer does not lead, and may at the next attempt', async () => {
  const records = memoryRecords();
  const slow = party(
    {
      get: (at) => records.get(at),
      async putIf(at, record, expected) {
        await party(records, 'fast').attempt();
        return records.putIf(at, record, expected);
      },
    },
    'slow',
  );
  assert.deepEqual(await slow.attempt(), { outcome: 'follows', holder: 'fast' });
  slow.clock.advance(LEASE_TIME);
  assert.equal((await slow.attempt()).outcome, 'leads');
});

test('LE-8: a release leaves reign and record, and the lease free at once', async () => {
  const records = memoryRecords();
  const [holder, other] = [party(records, 'a'), party(records, 'b')];
  assert.equal(await holder.release(), true, 'nothing to give back');
  assert.equal(await stored(records), undefined);
  await holder.attempt();
  await other.attempt();
  assert.equal(await other.release(), true, 'not its own');
  assert.equal((await stored(records))?.holderIdentity, 'a');
  assert.equal(await holder.release(), true);
  const lease = await stored(records);
  assert.deepEqual([lease?.holderIdentity, lease?.leaseDurationSeconds, lease?.leaderTransitions], ['', 1, 0]);
  const next = await other.attempt();
  assert.deepEqual(next.outcome === 'leads' && next.epoch, 1);
});

test('LE-8: a release that cannot be written says so', async () => {
  const records = memoryRecords();
  let isDown = false;
  const holder = party(
    {
      get: (at) => records.get(at),
      putIf: async (at, record, expected) =>
        isDown ? Promise.reject(new StoreUnavailable('lease')) : records.putIf(at, record, expected),
    },
    'a',
  );
  await holder.attempt();
  isDown = true;
  assert.equal(await holder.release(), false);
  assert.equal(holder.log.fieldsOf('lease-not-released').length, 1);
});

test('LE-14: who may take over from a living holder', () => {
  const claims: readonly (readonly [Partial<RevisionClaim>, string, boolean])[] = [
    [{ revision: 'new', defaultRevision: () => 'new' }, 'old', true],
    [{ revision: 'new', defaultRevision: () => 'new' }, '^old', true],
    [{ revision: 'new', defaultRevision: () => 'old' }, 'old', false],
    [{ revision: 'new', defaultRevision: () => undefined }, 'old', false],
    [{ revision: '', defaultRevision: () => '' }, 'old', false],
    [{ revision: '', defaultRevision: () => 'default' }, 'old', true],
    [{ revision: 'new', defaultRevision: () => 'new' }, 'new', false],
    [{ revision: 'new' }, '^new', true],
    [{ revision: 'new', isRemote: true }, 'new', false],
    [{ revision: 'new', isRemote: true }, '^new', false],
    [{ revision: 'new' }, '^old', false],
  ];
  for (const [claim, holder, may] of claims) {
    const whole = { revision: '', isRemote: false, defaultRevision: () => undefined, ...claim };
    assert.equal(prefers(whole)(holder), may, JSON.stringify([claim, holder]));
  }
});

test('LE-13: keys tell the revision, and who is remote', () => {
  assert.equal(keyOfClaim({ revision: '', isRemote: false }), 'default');
  assert.equal(keyOfClaim({ revision: 'v2', isRemote: true }), '^v2');
});

test('LE-15, LE-19: a new default revision takes over at its next attempt, and the one before does not take it back', async () => {
  const records = memoryRecords();
  let byDefault = 'old';
  const [old, fresh] = ['old', 'new'].map((revision) =>
    party(records, revision, { revision, defaultRevision: () => byDefault }),
  ) as [Party, Party];
  await old.attempt();
  assert.equal((await fresh.attempt()).outcome, 'follows');
  byDefault = 'new';
  assert.equal((await fresh.attempt()).outcome, 'leads');
  old.clock.advance(RETRY_PERIOD);
  assert.deepEqual(await old.attempt(), { outcome: 'follows', holder: 'new' });
  assert.equal(old.isLeader(), false);
  assert.equal((await old.attempt()).outcome, 'follows');
});

test('LE-16: each revision has a lease of its own', () => {
  assert.deepEqual(leaseKey('builder', 'v2').id, 'builder-v2');
  assert.deepEqual(leaseKey('builder', '').id, 'builder-default');
});

test('LE-17: a record that someone removed is made again, in a reign that is not below what is asked for', async () => {
  const records = memoryRecords();
  const [holder, other] = [party(records, 'a'), party(records, 'b')];
  await holder.attempt();
  const found = await records.get(key);
  await records.removeIf(key, found?.etag);
  assert.equal((await holder.attempt()).outcome, 'leads');
  assert.equal((await other.attempt()).outcome, 'follows');
  const above = await holder.attempt(9 as Lease['leaderTransitions']);
  assert.deepEqual(above.outcome === 'leads' && above.epoch, 9);
});

for (const error of [new StoreUnavailable('lease'), new StoreRefused('lease')]) {
  test(`LE-18: with ${error.code} nobody leads and nothing is thrown`, async () => {
    const down = { get: async () => Promise.reject(error), putIf: async () => Promise.reject(error) };
    const candidate = party(down, 'a');
    assert.deepEqual(await candidate.attempt(), { outcome: 'unknown', error });
    assert.equal(candidate.isLeader(), false);
  });
}

interface Campaign {
  readonly election: LeaderElection;
  readonly events: string[];
  stop(): Promise<void>;
  /** Lets what is due happen, then moves the candidate's clock and lets what follows happen. */
  pass(ms: number): Promise<void>;
}

function campaign(self: Party, options: Partial<ElectionOptions> = {}): Campaign {
  const events: string[] = [];
  const end = new AbortController();
  const election = leaderElection({
    candidate: self,
    clock: self.clock,
    log: self.log,
    chance: () => 0,
    onStoppedLeading: () => events.push('stopped leading'),
    ...options,
  })
    .addRunFunction((stop, epoch) => {
      events.push(`one started in ${epoch}`);
      stop.addEventListener('abort', () => events.push('one stopped'));
    })
    .addRunFunction(async (_stop, epoch) => {
      events.push(`two started in ${epoch}`);
      return Promise.reject(new Error('a bug in a run function'));
    });
  const running = election.run(end.signal);
  return {
    election,
    events,
    async stop() {
      end.abort();
      await running;
    },
    async pass(ms) {
      await settled();
      self.clock.advance(ms);
      await settled();
    },
  };
}

/** Lets everything that waits for nothing but other promises run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('LE-8, LE-10, LE-12: every run function starts with a win, is told when to stop, and the lease is given back', async () => {
  const records = memoryRecords();
  const self = party(records, 'a');
  const run = campaign(self);
  assert.equal(run.election.isLeader(), false);
  await run.pass(0);
  assert.equal(run.election.isLeader(), true);
  assert.deepEqual(run.events, ['one started in 0', 'two started in 0']);
  assert.equal(self.log.fieldsOf('run-function-failed').length, 1);
  await run.stop();
  assert.deepEqual(run.events.slice(2), ['one stopped', 'stopped leading']);
  assert.equal((await stored(records))?.holderIdentity, '');
  assert.equal(run.election.isLeader(), false);
});

test('LE-9: who cannot renew for the deadline stops once, and campaigns again', async () => {
  const records = memoryRecords();
  let isDown = false;
  const self = party(
    {
      get: async (at) => (isDown ? Promise.reject(new StoreUnavailable('lease')) : records.get(at)),
      putIf: (at, record, expected) => records.putIf(at, record, expected),
    },
    'a',
  );
  const run = campaign(self);
  await run.pass(RETRY_PERIOD);
  isDown = true;
  await run.pass(RETRY_PERIOD);
  assert.deepEqual(run.events.slice(2), [], 'the deadline has not passed');
  await run.pass(RETRY_PERIOD);
  assert.deepEqual(run.events.slice(2), ['one stopped', 'stopped leading']);
  assert.equal(run.election.cycle(), 2);
  isDown = false;
  await run.pass(RETRY_PERIOD);
  assert.deepEqual(run.events.slice(4), ['one started in 0', 'two started in 0']);
  await run.stop();
});

test('LE-15: who meets a foreign holder at a renewal stops at once', async () => {
  const records = memoryRecords();
  const run = campaign(party(records, 'old', { revision: 'old' }));
  await run.pass(0);
  await party(records, 'new', { revision: 'new', defaultRevision: () => 'new' }).attempt();
  await run.pass(RETRY_PERIOD);
  assert.deepEqual(run.events.slice(2), ['one stopped', 'stopped leading']);
  await run.stop();
  assert.equal((await stored(records))?.holderIdentity, 'new');
});

test('LE-11: an election that is off runs everything at once and writes nothing', async () => {
  const records = memoryRecords();
  const run = campaign(party(records, 'a'), { isEnabled: false });
  await run.pass(0);
  assert.equal(run.election.isLeader(), true);
  assert.deepEqual(run.events, ['one started in 0', 'two started in 0']);
  assert.equal(await stored(records), undefined);
  await run.stop();
});

test('LE-22: a leader that has not renewed for longer than its lease and the timeout is ill', async () => {
  const health = leaderHealth(durationMs(5_000));
  assert.equal(health.name, 'leaderElection');
  assert.equal(health.check(), undefined, 'no election yet');
  const records = memoryRecords();
  const [holder, other] = [party(records, 'a'), party(records, 'b')];
  health.watch('keeper', holder);
  assert.equal(health.check(), undefined, 'not a leader');
  await holder.attempt();
  holder.clock.advance(LEASE_TIME + 5_000);
  assert.equal(health.check(), undefined);
  holder.clock.advance(1);
  assert.equal(health.check(), 'failed election to renew leadership on lease keeper');
  health.watch('keeper', other);
  assert.equal(health.check(), undefined, 'it watches another one now');
});
