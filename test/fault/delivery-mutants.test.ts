import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Broken, deliveryMutants } from '../support/simulation/delivery-mutants.ts';
import { deliveryScenarioOf, EMPHASIS_COUNT } from '../support/simulation/delivery-scenario.ts';
import { deliverySimulation } from '../support/simulation/delivery-simulation.ts';
import { failureOf } from '../support/simulation/failing-schedule.ts';
import { printHistory } from '../support/simulation/history.ts';
import { simulateDelivery } from '../support/simulation/simulate-delivery.ts';

test('FLT-1: a seed decides the whole schedule of delivery', async () => {
  for (const seed of [7, 11]) {
    const [first, second] = [
      await simulateDelivery(deliveryScenarioOf(seed)),
      await simulateDelivery(deliveryScenarioOf(seed)),
    ];
    assert.equal(printHistory(first), printHistory(second));
    assert.ok(printHistory(first).includes('writes heads/'));
  }
});

interface Shown {
  /** What the histories of the broken service must say. */
  readonly says: RegExp;
  /** Of the schedules those that are mostly about it. */
  readonly emphasis: number;
}

const [LEADING, SHARDS, POLLS, , OUTAGES, KEEPING] = [0, 1, 2, 3, 4, 5] as const;

const shown: Readonly<Record<keyof typeof deliveryMutants, Shown>> = {
  'unconditional writes': { says: /took the view .* back to/, emphasis: LEADING },
  'no fence': { says: /published under epoch \d+ while epoch \d+ was on/, emphasis: LEADING },
  'leases by the clock': { says: /took the lease of .* after it was renewed/, emphasis: LEADING },
  'shards without a fence': { says: /shards-\d+ published under epoch \d+ while epoch \d+ was on/, emphasis: SHARDS },
  'sweeps without grace': { says: /takes a body away while|lets heads\/.* is not stored/, emphasis: KEEPING },
  'old heads served': { says: /took proxy-\d+ back/, emphasis: POLLS },
  'no last good heads': { says: /off while the store was away/, emphasis: OUTAGES },
};

/** Schedules in which a fault must show at the latest. */
const WITHIN = 60;

for (const [name, broken] of Object.entries(deliveryMutants) as [keyof typeof deliveryMutants, Broken][]) {
  test(`FLT-2: a delivery with ${name} fails within ${WITHIN} schedules`, async () => {
    const { says, emphasis } = shown[name];
    const simulation = deliverySimulation(broken);
    const seen = new Set<string>();
    for (let round = 1; round <= WITHIN && ![...seen].some((one) => says.test(one)); round += 1) {
      const failure = await failureOf(simulation, deliveryScenarioOf(EMPHASIS_COUNT * round + emphasis));
      for (const wrong of failure?.wrong ?? []) seen.add(wrong);
    }
    assert.ok(
      [...seen].some((one) => says.test(one)),
      `of ${WITHIN} schedules none shows it, but: ${[...seen].join('; ')}`,
    );
  });
}
