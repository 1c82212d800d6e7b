import assert from 'node:assert/strict';
import { epochMs } from '../../lib/base/brand.ts';
import { type Attempt, type LeaseCandidate, leaseCandidate } from '../../lib/control/lead/lease-candidate.ts';
import { LEASE_TIME, leaseKey } from '../../lib/control/lead/lease.ts';
import type { Records } from '../../lib/ports/records.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { anyCandidate } from '../support/leases.ts';
import { recordingLog } from '../support/recording-log.ts';
import { contractSuite, type Open, type Promises, type SuiteOptions } from './contract-suite.ts';

/** That a store is enough to agree on a leader: by a real conditional write, with time told by a clock of the test. */
export function leasesContract(name: string, open: Open<Records>, options: SuiteOptions = {}): void {
  contractSuite(`leases: ${name}`, { open, promises, options });
}

const key = leaseKey('builder', 'default');
const clock = () => fakeClock({ at: epochMs(1_000_000) });

function candidates(records: Records, ...names: readonly string[]) {
  return names.map((name) => {
    const own = clock();
    return Object.assign(leaseCandidate({ records, clock: own, log: recordingLog() }, key, anyCandidate(name)), {
      own,
    });
  });
}

const leads = (attempt: Attempt): boolean => attempt.outcome === 'leads';
const epochOf = (attempt: Attempt): number | undefined => (attempt.outcome === 'leads' ? attempt.epoch : undefined);

const promises: Promises<Records> = {
  'LE-2: of many that create the lease at once one leads': async (records) => {
    const all = candidates(records, 'a', 'b', 'c', 'd', 'e');
    const attempts = await Promise.all(all.map((each) => each.attempt()));
    assert.equal(attempts.filter(leads).length, 1);
    assert.deepEqual(attempts.filter(leads).map(epochOf), [0]);
  },
  'LE-4, LE-5: of many that saw the lease end at once one takes over, in a new reign': async (records) => {
    const [first, ...others] = candidates(records, 'a', 'b', 'c', 'd');
    await first?.attempt();
    assert.ok((await all(others)).every((attempt) => !leads(attempt)));
    for (const { own } of others) own.advance(LEASE_TIME);
    const attempts = await all(others);
    assert.deepEqual(attempts.filter(leads).map(epochOf), [1]);
  },
  'LE-8: a lease that was given back is free at once': async (records) => {
    const [first, second] = candidates(records, 'a', 'b');
    await first?.attempt();
    assert.equal(await first?.release(), true);
    assert.deepEqual(await second?.attempt().then(epochOf), 1);
  },
  'LE-20: what a leader guards with its lease goes in until another one has it': async (records) => {
    const [first, second] = candidates(records, 'a', 'b');
    const held = await first?.attempt();
    assert.ok(held?.outcome === 'leads');
    const written = await records.putGuarded({ partition: 'heads', id: 'v' }, 1, {
      expected: undefined,
      guard: held.guard,
    });
    assert.ok(written !== undefined);
    await second?.attempt();
    second?.own.advance(LEASE_TIME);
    assert.equal(await second?.attempt().then(leads), true);
    assert.equal(
      await records.putGuarded({ partition: 'heads', id: 'v' }, 2, { expected: written, guard: held.guard }),
      undefined,
    );
  },
};

const all = (some: readonly LeaseCandidate[]): Promise<readonly Attempt[]> =>
  Promise.all(some.map((each) => each.attempt()));
