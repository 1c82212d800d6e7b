import type { DurationMs } from '../base/brand.ts';

const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/** Canonical proto3 JSON of a Duration: seconds with 0, 3, 6 or 9 decimals. */
export function encodeDuration(duration: DurationMs): string {
  const whole = Math.trunc(duration / 1000);
  const nanos = Math.round((duration - whole * 1000) * NANOS_PER_MS);
  if (nanos === 0) return `${whole}s`;
  if (nanos === NANOS_PER_SECOND) return `${whole + 1}s`;
  const digits = String(nanos).padStart(9, '0');
  return `${whole}.${digits.replace(/(?:000){1,2}$/, '')}s`;
}

/** The same where a duration may be missing: then the member is left out of the message. */
export const optionalDuration = (duration: DurationMs | undefined): string | undefined =>
  duration === undefined ? undefined : encodeDuration(duration);
