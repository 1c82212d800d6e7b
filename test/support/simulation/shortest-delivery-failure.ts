import { checkDelivery } from './check-delivery.ts';
import type { DeliveryScenario } from './delivery-scenario.ts';
import { printHistory } from './history.ts';
import { simulateDelivery } from './simulate-delivery.ts';
import { FAULTS } from './weather.ts';

type Smaller = (scenario: DeliveryScenario) => DeliveryScenario | undefined;

/** Each leaves out a little of a scenario, as long as there is something to leave out. */
const SMALLER: readonly Smaller[] = [
  (scenario) => (scenario.proxies.length > 1 ? { ...scenario, proxies: scenario.proxies.slice(1) } : undefined),
  (scenario) => (scenario.edits > 0 ? { ...scenario, edits: scenario.edits - 1 } : undefined),
  (scenario) => (scenario.builders > 1 ? { ...scenario, builders: scenario.builders - 1 } : undefined),
  (scenario) => (scenario.outages.length > 0 ? { ...scenario, outages: scenario.outages.slice(1) } : undefined),
  (scenario) => (scenario.poison ? { ...scenario, poison: undefined } : undefined),
  ...FAULTS.map(
    (fault): Smaller =>
      (scenario) =>
        scenario.odds[fault] > 0 ? { ...scenario, odds: { ...scenario.odds, [fault]: 0 } } : undefined,
  ),
];

interface Failed {
  readonly scenario: DeliveryScenario;
  readonly wrong: readonly string[];
  readonly printed: string;
}

/** What went wrong, the shortest history that can be found in which something does, and how to see it again. */
export async function shortestDeliveryFailure(scenario: DeliveryScenario, wrong: readonly string[]): Promise<string> {
  let shortest: Failed = (await failureOf(scenario)) ?? { scenario, wrong, printed: '' };
  for (const smaller of SMALLER) {
    for (let next = smaller(shortest.scenario); next !== undefined; next = smaller(shortest.scenario)) {
      const found = await failureOf(next);
      if (found === undefined || found.printed.length > shortest.printed.length) break;
      shortest = found;
    }
  }
  return [
    `FAULT_SEED=${scenario.seed} FAULT_SCHEDULES=1 repeats it:`,
    ...wrong.map((one) => `  ${one}`),
    `the shortest history in which something goes wrong (${JSON.stringify(shortest.scenario)}):`,
    shortest.printed,
    ...shortest.wrong.map((one) => `  ${one}`),
  ].join('\n');
}

async function failureOf(scenario: DeliveryScenario): Promise<Failed | undefined> {
  try {
    const history = await simulateDelivery(scenario);
    const wrong = checkDelivery(history);
    return wrong.length === 0 ? undefined : { scenario, wrong, printed: printHistory(history) };
  } catch {
    return undefined; // without its history it tells nothing
  }
}
