import { checkApplies } from './check-applies.ts';
import { checkBodies } from './check-bodies.ts';
import { checkConvergence } from './check-convergence.ts';
import { checkHeads } from './check-heads.ts';
import { checkPolls } from './check-polls.ts';
import { checkReigns } from './check-reigns.ts';
import type { History } from './history.ts';

/** Everything in the history that must never happen (FLT-2), in sentences; empty when all is well. */
export function checkHistory(history: History): readonly string[] {
  return [checkApplies, checkHeads, checkBodies, checkReigns, checkPolls, checkConvergence].flatMap((check) =>
    check(history),
  );
}
