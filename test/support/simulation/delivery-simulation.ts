import { checkDelivery } from './check-delivery.ts';
import type { Broken } from './delivery-mutants.ts';
import type { DeliveryScenario } from './delivery-scenario.ts';
import { type Simulation, withoutFaults } from './failing-schedule.ts';
import { simulateDelivery } from './simulate-delivery.ts';

/** Schedules of delivery, sound or broken. */
export function deliverySimulation(broken?: Broken): Simulation<DeliveryScenario> {
  return { simulate: (scenario) => simulateDelivery(scenario, broken), check: checkDelivery, smaller: SMALLER };
}

const SMALLER: Simulation<DeliveryScenario>['smaller'] = [
  (scenario) => (scenario.proxies.length > 1 ? { ...scenario, proxies: scenario.proxies.slice(1) } : undefined),
  (scenario) => (scenario.edits > 0 ? { ...scenario, edits: scenario.edits - 1 } : undefined),
  (scenario) => (scenario.builders > 1 ? { ...scenario, builders: scenario.builders - 1 } : undefined),
  (scenario) => (scenario.outages.length > 0 ? { ...scenario, outages: scenario.outages.slice(1) } : undefined),
  (scenario) => (scenario.poison ? { ...scenario, poison: undefined } : undefined),
  ...withoutFaults<DeliveryScenario>(),
];
