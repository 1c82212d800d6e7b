import { stringify } from 'yaml';
import { alignedRows } from './aligned-rows.ts';
import type { OutputFormat } from './global-options.ts';

/** Prints a value for programs; answers false when people are to read it, which the caller knows how to do. */
export function printValue(value: unknown, format: OutputFormat): boolean {
  if (format === 'table') return false;
  process.stdout.write(format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : yamlOf(value));
  return true;
}

/** YAML that means the same to readers of YAML 1.1, such as kubectl: times and words like `yes` are quoted. */
export const yamlOf = (value: unknown): string => stringify(value, { lineWidth: 0, compat: 'yaml-1.1' });

/** Text of anyone's for one line of a terminal, which control characters in it would reach. */
export const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

/** Prints columns; a cell may hold text of anyone's. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  process.stdout.write(
    alignedRows(
      head,
      rows.map((row) => row.map(oneLine)),
    ),
  );
}
