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

/** Prints rows as they come, the head before the first, with columns as wide as they have been so far. */
export function rowPrinter(head: readonly string[]): (rows: readonly (readonly string[])[]) => void {
  let widest = head;
  let isHeadOut = false;
  return (rows) => {
    if (rows.length === 0) return;
    const clean = rows.map((row) => row.map(oneLine));
    for (const row of clean)
      widest = widest.map((cell, at) => ((row[at] ?? '').length > cell.length ? (row[at] ?? '') : cell));
    const [heading, , ...lines] = alignedRows(head, [widest, ...clean]).split('\n');
    process.stdout.write([...(isHeadOut ? [] : [heading]), ...lines].join('\n'));
    isHeadOut = true;
  };
}

/** Prints columns; a cell may hold text of anyone's. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  process.stdout.write(
    alignedRows(
      head,
      rows.map((row) => row.map(oneLine)),
    ),
  );
}
