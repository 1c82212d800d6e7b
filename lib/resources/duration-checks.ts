import { parseDuration } from '../base/duration.ts';
import type { FindingLog } from './finding.ts';

/** VS-27: what a timeout may be. Envoy counts in whole milliseconds, and zero would mean "no limit" by accident. */
export function checkDuration(log: FindingLog, text: string | undefined): void {
  const problem = text === undefined ? undefined : durationProblem(text);
  if (problem !== undefined) log.error('INVALID_VALUE', problem);
}

export function durationProblem(text: string): string | undefined {
  const length = parseDuration(text);
  if (length === undefined) return `${text} is no duration; write one such as 10s, 1m30s or 250ms`;
  if (length < 1) return `duration must be greater than 1ms, not ${text}`;
  return Number.isInteger(length) ? undefined : `only durations to ms precision are supported; round ${text}`;
}
