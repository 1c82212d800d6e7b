import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { ApplyResult } from '../control/config/apply-documents.ts';
import type { DocumentIssue } from '../control/config/document-issue.ts';
import { resourceWord } from '../control/config/kind-names.ts';
import { accepted, apiClient, type ApiAnswer } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { optionsOf, type OutputFormat } from './global-options.ts';
import { type InputFile, readInputs } from './input-files.ts';
import { joinedTexts, placedIn, placedLine } from './joined-files.ts';
import { plural } from './plural.ts';
import { printValue } from './print-value.ts';
import { withProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface ApplyOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly dryRun: boolean;
  readonly prune?: string;
  readonly expectRevision?: number;
  readonly message?: string;
}

/** `pilotless apply`: all documents of all files as one revision, or none. */
export function applyVerb(verb: Command): Command {
  return verb
    .requiredOption('-f, --filename <path...>', 'files, directories, or - for standard input')
    .option('-R, --recursive', 'also the directories below', false)
    .option('--dry-run', 'say what would happen, and change nothing', false)
    .option('--prune <selector>', 'take out objects with these labels that the documents do not name')
    .option('--expect-revision <n>', 'apply only onto this revision', wholeNumber)
    .option('-m, --message <text>', 'what to say in the history')
    .action((_options: unknown, command: Command) => apply(command));
}

async function apply(command: Command): Promise<void> {
  const options = optionsOf<ApplyOptions>(command);
  const files = await readInputs(options.filename, { isRecursive: options.recursive });
  const answer = await postApply(files, options);
  if (answer.status === 422) {
    const { errors } = answer.body as { readonly errors: readonly DocumentIssue[] };
    printErrors(files, errors);
    throw new CliFailure('refused', `nothing was applied: ${plural(errors.length, 'error')}`);
  }
  if (answer.status === 409) {
    const { errors = [] } = answer.body as { readonly errors?: readonly DocumentIssue[] };
    printErrors(files, errors);
  }
  const applied = accepted(answer).body as Applied;
  printApplied(applied, { output: options.output, isDryRun: options.dryRun });
}

export interface Applied {
  readonly revision: number;
  readonly results: readonly ApplyResult[];
}

type ApplyCall = Omit<ReturnType<typeof optionsOf<ApplyOptions>>, 'filename' | 'recursive'>;

/** Sends the files as one text. Every request carries a key, so that repeating it after a lost answer applies it once (STO-5). */
export async function postApply(files: readonly InputFile[], options: ApplyCall): Promise<ApiAnswer> {
  const { dryRun, prune, expectRevision, namespace, message } = options;
  return withProgress(dryRun ? 'checking' : 'applying', () =>
    apiClient(options).ask('/v1/apply', {
      method: 'POST',
      query: {
        ...{ namespace, prune, message },
        ...(dryRun && { dryRun: 'All' }),
        ...(expectRevision !== undefined && { expectRevision: String(expectRevision) }),
      },
      headers: { 'content-type': 'application/yaml', 'idempotency-key': randomUUID() },
      body: joinedTexts(files),
    }),
  );
}

/** Says what is wrong with the documents, each error under its own file. */
export function printErrors(files: readonly InputFile[], errors: readonly DocumentIssue[]): void {
  for (const error of placedIn(files, errors)) process.stderr.write(`${placedLine(error)}\n`);
}

export function printApplied(
  applied: Applied,
  { output, isDryRun }: { readonly output: OutputFormat; readonly isDryRun: boolean },
): void {
  for (const result of applied.results) {
    for (const warning of result.warnings)
      process.stderr.write(`Warning: ${resourceWord(result)}/${result.name}: ${warning}\n`);
  }
  if (printValue(applied, output)) return;
  const suffix = isDryRun ? ' (server dry run)' : '';
  for (const result of applied.results) {
    process.stdout.write(`${resourceWord(result)}/${result.name} ${result.action}${suffix}\n`);
  }
  process.stdout.write(`revision ${applied.revision}${suffix}\n`);
}
