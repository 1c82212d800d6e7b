import type { DurationMs } from '../base/brand.ts';

/** Canonical proto3 JSON of a Duration: seconds with 0, 3, 6 or 9 decimals. */
export function encodeDuration(duration: DurationMs): string {
  const whole = Math.trunc(duration / 1000);
  const ms = duration - whole * 1000;
  return ms === 0 ? `${whole}s` : `${whole}.${String(Math.round(ms)).padStart(3, '0')}s`;
}

/** The same where a duration may be missing: then the member is left out of the message. */
export const optionalDuration = (duration: DurationMs | undefined): string | undefined =>
  duration === undefined ? undefined : encodeDuration(duration);
