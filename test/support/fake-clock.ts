import { type DurationMs, type EpochMs, epochMs } from '../../lib/base/brand.ts';
import type { Clock } from '../../lib/ports/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time and wakes the sleepers that are due, earliest first; what they do next runs after the caller awaits. */
  advance(duration: DurationMs | number): void;
  /** How many sleep now; lets a test wait until the code under test has gone to sleep. */
  sleepers(): number;
}

/** A clock that stands still until a test moves it. */
export function fakeClock({ at }: { readonly at: EpochMs }): FakeClock {
  let now: number = at;
  let sleeping: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => epochMs(now),
    sleep: (duration) =>
      new Promise((wake) => {
        if (duration <= 0) wake();
        else sleeping.push({ until: now + duration, wake });
      }),
    advance(duration) {
      now += duration;
      const due = sleeping.filter((sleeper) => sleeper.until <= now).sort((a, b) => a.until - b.until);
      sleeping = sleeping.filter((sleeper) => sleeper.until > now);
      for (const sleeper of due) sleeper.wake();
    },
    sleepers: () => sleeping.length,
  };
}
