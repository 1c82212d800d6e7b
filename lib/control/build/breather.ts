import { durationMs } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';

/** How long polls may wait for a build that goes on in the same process. */
const LONGEST_BREATH = durationMs(10);
const PAUSE = durationMs(1);
/** A pause that took longer than this was used by others. */
const USED = durationMs(2);
/** A poll takes some turns from its first byte to its answer; it should not be at a build's mercy at each of them. */
const MAX_PAUSES = 8;

/**
 * Lets others have their turn, if the process has been busy for long since they last had it: called between any two views. Goes on
 * at once when nobody wants it, and after some turns when somebody always does.
 */
export function breather(clock: Clock): () => Promise<void> {
  let since = clock.now();
  return async () => {
    if (clock.now() - since < LONGEST_BREATH) return;
    for (let pauses = 0; pauses < MAX_PAUSES; pauses += 1) {
      const before = clock.now();
      await clock.sleep(PAUSE);
      if (clock.now() - before <= USED) break;
    }
    since = clock.now();
  };
}
