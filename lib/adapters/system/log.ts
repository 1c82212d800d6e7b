import { pino } from 'pino';
import type { Log } from '../../ports/log.ts';

/** Events below it are dropped; `silent` drops all. */
export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  /** Takes one whole line per call, its line break included (`process.stdout` does). */
  readonly stream: { write(line: string): void };
  readonly level: LogLevel;
}

/**
 * Writes each event as one line of JSON: `{"level","time","event",...fields}`, the time in ISO 8601, UTC.
 * An error among the fields becomes its name and message; its stack and cause stay out of the line.
 */
export function jsonLog({ stream, level }: LogOptions): Log {
  const lines = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    info: (event, fields) => lines.info(flat(fields), event),
    warn: (event, fields) => lines.warn(flat(fields), event),
    error: (event, fields) => lines.error(flat(fields), event),
  };
}

/** The line's own members; a field of that name gets an underscore, because JSON with a repeated name is read differently by everyone. */
const RESERVED = new Set(['level', 'time', 'event']);

function flat(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      RESERVED.has(name) ? `${name}_` : name,
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    ]),
  );
}
