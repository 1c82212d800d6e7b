/** One structured line per event: `event` is a stable word (`apply`, `build`, `publish`, `first-poll`), `fields` are flat JSON values. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}
