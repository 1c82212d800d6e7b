import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mutant, mutants } from '../support/simulation/mutants.ts';
import { printHistory } from '../support/simulation/history.ts';
import { scenarioOf } from '../support/simulation/scenario.ts';
import { explainFailure, failureOf } from '../support/simulation/failing-schedule.ts';
import { serviceSimulation } from '../support/simulation/service-simulation.ts';
import { simulate } from '../support/simulation/simulate.ts';

/** Schedules in a run of the suite; FAULT_SCHEDULES asks for more, FAULT_SEED for others. Most schedules are those of delivery, which cost less. */
const SCHEDULES = Number(process.env['FAULT_SCHEDULES'] ?? 400);
const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? process.env['PILOTLESS_SEED'] ?? 1);

test(`FLT-1, FLT-2, STO-3, STO-5, BLD-1, BLD-2, LE-20, DLV-10: ${SCHEDULES} schedules of the whole service from seed ${FIRST_SEED}`, async () => {
  const simulation = serviceSimulation();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
    const failure = await failureOf(simulation, scenarioOf(seed));
    if (failure !== undefined) assert.fail(await explainFailure(simulation, failure));
  }
});

test('FLT-1: a seed decides the whole schedule', async () => {
  const [first, second] = [await simulate(scenarioOf(7)), await simulate(scenarioOf(7))];
  assert.equal(printHistory(first), printHistory(second));
  assert.ok(printHistory(first).includes('config/head'));
  assert.notEqual(printHistory(first), printHistory(await simulate(scenarioOf(8))));
});

/** What the histories of each broken service must show. */
const shown: Readonly<Record<keyof typeof mutants, RegExp>> = {
  'unconditional writes': /the head went from|was applied twice|is lost/,
  'no fence': /published under epoch \d+ while epoch \d+ was on/,
  'bodies after heads': /lets config\/head name .* is not stored/,
  'leases by the clock': /took the lease of .* after it was renewed/,
  'lost races won': /was acknowledged as revision \d+, and is/,
};

/** Schedules in which a fault must show at the latest; those that are mostly about leading and publishing meet the most. */
const WITHIN = 600;
const seeds = Array.from({ length: WITHIN }, (_, index) => 3 * index + 1);

for (const [name, mutant] of Object.entries(mutants) as [keyof typeof mutants, Mutant][]) {
  test(`FLT-2: a service with ${name} fails within ${WITHIN} schedules`, async () => {
    const simulation = serviceSimulation(mutant);
    const seen: string[] = [];
    for (const seed of seeds) {
      if (seen.some((one) => shown[name].test(one))) break;
      seen.push(...((await failureOf(simulation, scenarioOf(seed)))?.wrong ?? []));
    }
    assert.ok(
      seen.some((one) => shown[name].test(one)),
      `of ${WITHIN} schedules none shows it, but: ${[...new Set(seen)].join('; ')}`,
    );
  });
}
