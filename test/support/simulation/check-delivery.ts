import { checkBodies } from './check-bodies.ts';
import { checkConvergence } from './check-convergence.ts';
import { checkDeadLetters } from './check-dead-letters.ts';
import { checkGoingBack } from './check-going-back.ts';
import { checkHeads } from './check-heads.ts';
import { checkOutages } from './check-outages.ts';
import { checkPolls } from './check-polls.ts';
import { checkReigns } from './check-reigns.ts';
import type { History } from './history.ts';

const CHECKS = [
  ...[checkHeads, checkBodies, checkReigns, checkPolls],
  ...[checkGoingBack, checkOutages, checkDeadLetters, checkConvergence],
];

/** Everything in the history of a delivery that must never happen (FLT-2), in sentences; empty when all is well. */
export function checkDelivery(history: History): readonly string[] {
  return CHECKS.flatMap((check) => check(history));
}
