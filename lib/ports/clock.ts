import type { DurationMs, EpochMs } from '../base/brand.ts';

/** Time, as an argument. `sleep` resolves after at least the duration; a fake clock resolves it when time is advanced. */
export interface Clock {
  now(): EpochMs;
  sleep(duration: DurationMs): Promise<void>;
}
