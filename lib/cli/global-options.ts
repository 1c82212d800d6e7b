import type { Command } from 'commander';

/** How a verb prints its answer. */
export type OutputFormat = 'table' | 'json' | 'yaml';

/** The options that all verbs take. */
export interface GlobalOptions {
  readonly server: string;
  readonly token?: string;
  readonly namespace: string;
  readonly output: OutputFormat;
}

export function optionsOf<Own = object>(command: Command): GlobalOptions & Own {
  return command.optsWithGlobals<GlobalOptions & Own>();
}
