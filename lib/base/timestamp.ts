import { type EpochMs, epochMs } from './brand.ts';

/** A moment as Kubernetes writes it: RFC 3339, UTC, whole seconds (`2026-01-31T09:30:00Z`). */
export function printTimestamp(moment: EpochMs): string {
  return `${calendarDate(moment).toISOString().slice(0, 19)}Z`;
}

/** A moment with its milliseconds, for histories in which several things happen within a second. */
export function printTimestampMs(moment: EpochMs): string {
  return calendarDate(moment).toISOString();
}

/** A moment in the form in which libraries take one. */
export function calendarDate(moment: EpochMs): Date {
  // eslint-disable-next-line no-restricted-globals -- a given moment in another form; reads no clock
  return new Date(moment);
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Reads RFC 3339; undefined for anything else, such as a thirteenth month. */
export function parseTimestamp(text: string): EpochMs | undefined {
  if (!rfc3339.test(text)) return undefined;
  // eslint-disable-next-line no-restricted-globals -- calendar arithmetic on a given text; reads no clock
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : epochMs(moment);
}
