import { type History, printHistory } from './history.ts';
import { type FaultOdds, FAULTS } from './weather.ts';

/** How schedules of one kind are run and judged. */
export interface Simulation<Scenario> {
  readonly simulate: (scenario: Scenario) => Promise<History>;
  /** Everything in a history that must never happen, in sentences. */
  readonly check: (history: History) => readonly string[];
  /** Each leaves out a little of a scenario, as long as there is something to leave out. */
  readonly smaller: readonly Smaller<Scenario>[];
}

export type Smaller<Scenario> = (scenario: Scenario) => Scenario | undefined;

/** A schedule in which something went wrong, and what. */
export interface Failure<Scenario> {
  readonly scenario: Scenario;
  readonly wrong: readonly string[];
  /** The history; empty when the simulation itself threw. */
  readonly printed: string;
}

/** Runs the schedule; `undefined` when all is well. What the simulation itself throws counts as wrong. */
export async function failureOf<Scenario>(
  { simulate, check }: Simulation<Scenario>,
  scenario: Scenario,
): Promise<Failure<Scenario> | undefined> {
  try {
    const history = await simulate(scenario);
    const wrong = check(history);
    return wrong.length === 0 ? undefined : { scenario, wrong, printed: printHistory(history) };
  } catch (error) {
    return { scenario, wrong: [error instanceof Error ? (error.stack ?? error.message) : String(error)], printed: '' };
  }
}

/** What people are told of a failure: what went wrong, the shortest history that can be found in which something does, and how to see it again. */
export async function explainFailure<Scenario extends { readonly seed: number }>(
  simulation: Simulation<Scenario>,
  failure: Failure<Scenario>,
): Promise<string> {
  const shortest = await shortestFailure(simulation, failure);
  return [
    `FAULT_SEED=${failure.scenario.seed} FAULT_SCHEDULES=1 repeats it:`,
    ...failure.wrong.map((one) => `  ${one}`),
    `the shortest history in which something goes wrong (${JSON.stringify(shortest.scenario)}):`,
    shortest.printed,
    ...shortest.wrong.map((one) => `  ${one}`),
  ].join('\n');
}

/** The same failure with as little around it as can be found by leaving things out one at a time: what is printed stays readable. */
async function shortestFailure<Scenario>(
  simulation: Simulation<Scenario>,
  failure: Failure<Scenario>,
): Promise<Failure<Scenario>> {
  let shortest = failure;
  for (const smaller of simulation.smaller) {
    for (let next = smaller(shortest.scenario); next !== undefined; next = smaller(shortest.scenario)) {
      const found = await failureOf(simulation, next);
      if (found === undefined || tellsLess(found, shortest)) break;
      shortest = found;
    }
  }
  return shortest;
}

/** A failure without its history tells nothing, unless there was none before. */
const tellsLess = ({ printed }: Failure<unknown>, than: Failure<unknown>): boolean =>
  (printed === '') !== (than.printed === '') || printed.length > than.printed.length;

/** Leaves faults of one kind out, for each kind. */
export function withoutFaults<Scenario extends { readonly odds: FaultOdds }>(): readonly Smaller<Scenario>[] {
  return FAULTS.map(
    (fault) => (scenario) =>
      scenario.odds[fault] > 0 ? { ...scenario, odds: { ...scenario.odds, [fault]: 0 } } : undefined,
  );
}
