import { durationMs, type DurationMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import type { Share } from '../base/share.ts';

/** A percentage of requests, to a ten-thousandth of a percent. */
export function readShare(percent: number): Share {
  return { numerator: Math.trunc(percent * 10_000), of: 'million' };
}

/** The schema has checked that the text is a duration. */
export function readDuration(text: string | undefined): DurationMs | undefined {
  return text === undefined ? undefined : (parseDuration(text) ?? durationMs(0));
}
