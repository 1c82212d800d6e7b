import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryScenarioOf } from '../support/simulation/delivery-scenario.ts';
import { deliverySimulation } from '../support/simulation/delivery-simulation.ts';
import { explainFailure, failureOf } from '../support/simulation/failing-schedule.ts';

/** Schedules in a run of the suite; FAULT_SCHEDULES asks for more, FAULT_SEED for others. */
const SCHEDULES = Number(process.env['FAULT_SCHEDULES'] ?? 1_800);
const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? process.env['PILOTLESS_SEED'] ?? 1);

/** In so many files, `delivery-simulation-1.test.ts` and so on: a file may take four minutes, also on a machine that has more to do. */
const PARTS = 6;

/** Tests one part of the schedules of delivery; parts are counted from 1. */
export function testDelivery(part: number): void {
  const from = FIRST_SEED + schedulesIn(part - 1);
  const to = FIRST_SEED + schedulesIn(part);
  test(`FLT-1, FLT-2, BLD-2, BLD-5, LE-20, STO-10, DLV-8, SNAP-3: ${to - from} schedules of delivery from seed ${from}`, async () => {
    const simulation = deliverySimulation();
    for (let seed = from; seed < to; seed += 1) {
      const failure = await failureOf(simulation, deliveryScenarioOf(seed));
      if (failure !== undefined) assert.fail(await explainFailure(simulation, failure));
    }
  });
}

/** How many schedules the first of the parts have. */
const schedulesIn = (parts: number): number => Math.ceil((SCHEDULES * parts) / PARTS);
