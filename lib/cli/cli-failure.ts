import { CommanderError } from 'commander';

/** Exit codes that scripts rely on. */
const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** A verb cannot do what it was asked; `message` says why in one line, or is empty when all was said already. */
export class CliFailure extends Error {
  readonly code = 'CLI_FAILURE';
  readonly kind: Exclude<keyof typeof exitCodes, 'done'>;
  constructor(kind: CliFailure['kind'], message = '', cause?: unknown) {
    super(message, { cause });
    this.name = 'CliFailure';
    this.kind = kind;
  }
}

/** What went wrong has been said by then, but for faults of ours, which are said here. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander's own errors are about usage, or are no errors (help); verbs refuse by CliFailure.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (error instanceof CliFailure) {
    if (error.message !== '') process.stderr.write(`error: ${error.message}\n`);
    return exitCodes[error.kind];
  }
  process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.refused;
}
