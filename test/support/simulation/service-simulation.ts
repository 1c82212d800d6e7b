import { checkHistory } from './check-history.ts';
import { type Simulation, withoutFaults } from './failing-schedule.ts';
import type { Mutant } from './mutants.ts';
import type { Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

/** Schedules of the whole service, sound or broken. */
export function serviceSimulation(mutant?: Mutant): Simulation<Scenario> {
  return { simulate: (scenario) => simulate(scenario, mutant), check: checkHistory, smaller: SMALLER };
}

const SMALLER: Simulation<Scenario>['smaller'] = [
  (scenario) => (scenario.clients > 1 ? { ...scenario, clients: scenario.clients - 1 } : undefined),
  (scenario) => (scenario.pollers.length > 1 ? { ...scenario, pollers: scenario.pollers.slice(1) } : undefined),
  (scenario) => (scenario.edits > 1 ? { ...scenario, edits: scenario.edits - 1 } : undefined),
  (scenario) => (scenario.builders > 1 ? { ...scenario, builders: scenario.builders - 1 } : undefined),
  ...withoutFaults<Scenario>(),
];
