import { durationMs } from '../base/brand.ts';
import type { Clock } from '../ports/clock.ts';

/** How long polls may wait for a build that goes on in the same process. */
const LONGEST_BREATH = durationMs(10);
const PAUSE = durationMs(1);

/** Lets others have their turn, if the process has been busy for long since they last had it: called between any two views. */
export function breather(clock: Clock): () => Promise<void> {
  let since = clock.now();
  return async () => {
    if (clock.now() - since < LONGEST_BREATH) return;
    await clock.sleep(PAUSE);
    since = clock.now();
  };
}
