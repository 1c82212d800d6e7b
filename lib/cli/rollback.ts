import type { Command } from 'commander';
import { accepted, apiClient } from './api-client.ts';
import { type Applied, printApplied } from './apply.ts';
import { optionsOf } from './global-options.ts';
import { withProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface RollbackOptions {
  readonly dryRun: boolean;
  readonly expectRevision?: number;
  readonly message?: string;
}

/** `pilotless rollback REVISION`: a new revision whose content equals an old one's. */
export function rollbackVerb(verb: Command): Command {
  return verb
    .argument('<revision>', 'the revision to go back to', wholeNumber)
    .option('--dry-run', 'say what would happen, and change nothing', false)
    .option('--expect-revision <n>', 'only if this is the newest revision', wholeNumber)
    .option('-m, --message <text>', 'what to say in the history')
    .action((revision: number, _options: unknown, command: Command) => rollback(revision, command));
}

async function rollback(revision: number, command: Command): Promise<void> {
  const options = optionsOf<RollbackOptions>(command);
  const { dryRun, expectRevision, message } = options;
  const answer = await withProgress('rolling back', () =>
    apiClient(options).ask(`/v1/revisions/${revision}/rollback`, {
      method: 'POST',
      query: {
        message,
        ...(dryRun && { dryRun: 'All' }),
        ...(expectRevision !== undefined && { expectRevision: String(expectRevision) }),
      },
    }),
  );
  const applied = accepted(answer).body as Applied;
  printApplied(applied, { output: options.output, isDryRun: dryRun });
  if (applied.results.length === 0 && options.output === 'table') {
    process.stderr.write(`Nothing to change: revision ${applied.revision} has what revision ${revision} had.\n`);
  }
}
