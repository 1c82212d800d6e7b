import type { Log } from '../../lib/ports/log.ts';

export interface LoggedEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RecordingLog extends Log {
  readonly lines: readonly LoggedEvent[];
  /** The fields of every line with that event, in order. */
  fieldsOf(event: string): readonly Readonly<Record<string, unknown>>[];
}

/** A log that keeps what it was told. */
export function recordingLog(): RecordingLog {
  const lines: LoggedEvent[] = [];
  const at =
    (level: LoggedEvent['level']) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, event, fields });
    };
  return {
    lines,
    fieldsOf: (event) => lines.filter((line) => line.event === event).map((line) => line.fields),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
