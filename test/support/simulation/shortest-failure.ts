import { checkHistory } from './check-history.ts';
import { printHistory } from './history.ts';
import type { Mutant } from './mutants.ts';
import type { Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import { FAULTS } from './weather.ts';

/** A schedule in which something went wrong, and what. */
export interface Failure {
  readonly scenario: Scenario;
  readonly wrong: readonly string[];
  readonly printed: string;
}

/** Runs the schedule; `undefined` when all is well. What the simulation itself throws counts as wrong. */
export async function failureOf(scenario: Scenario, mutant?: Mutant): Promise<Failure | undefined> {
  try {
    const history = await simulate(scenario, mutant);
    const wrong = checkHistory(history);
    return wrong.length === 0 ? undefined : { scenario, wrong, printed: printHistory(history) };
  } catch (error) {
    return { scenario, wrong: [error instanceof Error ? (error.stack ?? error.message) : String(error)], printed: '' };
  }
}

/** The same failure with as little around it as can be found by leaving things out one at a time: what is printed stays readable. */
export async function shortestFailure(failure: Failure): Promise<Failure> {
  let shortest = failure;
  for (const smaller of SMALLER) {
    for (let next = smaller(shortest.scenario); next !== undefined; next = smaller(shortest.scenario)) {
      const found = await failureOf(next);
      if (found === undefined) break;
      if (found.printed.length < shortest.printed.length) shortest = found;
      else break;
    }
  }
  return shortest;
}

type Smaller = (scenario: Scenario) => Scenario | undefined;

/** Each leaves out a little of a scenario, as long as there is something to leave out. */
const SMALLER: readonly Smaller[] = [
  (scenario) => (scenario.clients > 1 ? { ...scenario, clients: scenario.clients - 1 } : undefined),
  (scenario) => (scenario.pollers.length > 1 ? { ...scenario, pollers: scenario.pollers.slice(1) } : undefined),
  (scenario) => (scenario.edits > 1 ? { ...scenario, edits: scenario.edits - 1 } : undefined),
  (scenario) => (scenario.builders > 1 ? { ...scenario, builders: scenario.builders - 1 } : undefined),
  ...FAULTS.map(
    (fault): Smaller =>
      (scenario) =>
        scenario.odds[fault] > 0 ? { ...scenario, odds: { ...scenario.odds, [fault]: 0 } } : undefined,
  ),
];

/** The failure for people: what went wrong, how it came about, and how to see it again. */
export function printFailure({ scenario, wrong, printed }: Failure, shortest: Failure): string {
  return [
    `FAULT_SEED=${scenario.seed} FAULT_SCHEDULES=1 repeats it:`,
    ...wrong.map((one) => `  ${one}`),
    `the shortest history in which something goes wrong (${JSON.stringify(shortest.scenario)}):`,
    shortest.printed || printed,
    ...shortest.wrong.map((one) => `  ${one}`),
  ].join('\n');
}
