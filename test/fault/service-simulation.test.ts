import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mutant, mutants } from '../support/simulation/mutants.ts';
import { printHistory } from '../support/simulation/history.ts';
import { EMPHASIS_COUNT, scenarioOf } from '../support/simulation/scenario.ts';
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

interface Shown {
  /** What the histories of the broken service must say. */
  readonly says: RegExp;
  /** Of the schedules those that are mostly about it. */
  readonly emphasis: number;
}

const [EDITING, LEADING] = [0, 1] as const;

const shown: Readonly<Record<keyof typeof mutants, Shown>> = {
  'unconditional writes': { says: /the head went from|was applied twice|is lost/, emphasis: LEADING },
  'no fence': { says: /published under epoch \d+ while epoch \d+ was on/, emphasis: LEADING },
  'bodies after heads': { says: /lets config\/head name .* is not stored/, emphasis: LEADING },
  'leases by the clock': { says: /took the lease of .* after it was renewed/, emphasis: LEADING },
  'lost races won': { says: /was acknowledged as revision \d+, and is/, emphasis: EDITING },
};

/** Schedules in which a fault must show at the latest. */
const WITHIN = 100;

for (const [name, mutant] of Object.entries(mutants) as [keyof typeof mutants, Mutant][]) {
  test(`FLT-2: a service with ${name} fails within ${WITHIN} schedules`, async () => {
    const { says, emphasis } = shown[name];
    const simulation = serviceSimulation(mutant);
    const seen = new Set<string>();
    for (let round = 1; round <= WITHIN && ![...seen].some((one) => says.test(one)); round += 1) {
      const failure = await failureOf(simulation, scenarioOf(EMPHASIS_COUNT * round + emphasis));
      for (const wrong of failure?.wrong ?? []) seen.add(wrong);
    }
    assert.ok(
      [...seen].some((one) => says.test(one)),
      `of ${WITHIN} schedules none shows it, but: ${[...seen].join('; ')}`,
    );
  });
}
