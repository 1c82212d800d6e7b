import { type DurationMs, epochMs } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';

/** The machine's clock. Sleeping keeps the process alive. */
export function systemClock(): Clock {
  return { now: () => epochMs(Date.now()), sleep: (duration) => sleep(duration) };
}

/** The same clock for what may be left undone: sleeping does not keep the process alive. */
export function idleClock(): Clock {
  return { now: () => epochMs(Date.now()), sleep: (duration) => sleep(duration, { keepsAlive: false }) };
}

/** Timers of Node take at most a signed 32-bit number of milliseconds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

async function sleep(duration: DurationMs, { keepsAlive = true } = {}): Promise<void> {
  for (let left: number = duration; left > 0; left -= LONGEST_TIMER_MS) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(left, LONGEST_TIMER_MS));
      if (!keepsAlive) timer.unref();
    });
  }
}
