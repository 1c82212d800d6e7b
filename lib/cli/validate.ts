import type { Command } from 'commander';
import { validateCase, validateText } from '../control/offline/validate-texts.ts';
import { answerCases } from './case-lines.ts';
import { CliFailure } from './cli-failure.ts';
import { warningLine } from './warning-line.ts';
import { optionsOf } from './global-options.ts';
import { readInputs } from './input-files.ts';
import { joinedTexts, placedIn, placedLine } from './joined-files.ts';
import { plural } from './plural.ts';
import { printValue } from './print-value.ts';

interface ValidateOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly cases?: string;
}

/** `pilotless validate`: offline; says everything that is wrong with documents, or judges cases line by line. */
export function validateVerb(verb: Command): Command {
  return verb
    .option('-f, --filename <path...>', 'files, directories, or - for standard input')
    .option('-R, --recursive', 'also the directories below', false)
    .option('--cases <file>', 'judge one object per line of JSON; - reads standard input')
    .action((_options: unknown, command: Command) => validate(command));
}

async function validate(command: Command): Promise<void> {
  const options = optionsOf<ValidateOptions>(command);
  if (options.cases !== undefined) {
    const isAllValid = await answerCases(options.cases, {
      answer: (line) => {
        const verdict = validateCase(line);
        return { result: verdict, isGood: verdict.valid };
      },
      unreadable: (message) => ({ name: '', valid: false, errors: [message], warnings: [] }),
    });
    if (!isAllValid) throw new CliFailure('refused');
    return;
  }
  if (options.filename === undefined) throw new CliFailure('usage', 'give files with -f, or cases with --cases');
  const files = await readInputs(options.filename, { isRecursive: options.recursive });
  const verdict = validateText(joinedTexts(files), options.namespace);
  const errors = placedIn(files, verdict.errors);
  const warnings = placedIn(files, verdict.warnings);
  if (!printValue({ valid: errors.length === 0, errors, warnings }, options.output)) {
    for (const error of errors) process.stdout.write(`${placedLine(error)}\n`);
    for (const warning of warnings) process.stdout.write(`${warningLine(warning)}\n`);
    const counts = [plural(verdict.documents, 'document'), plural(errors.length, 'error')];
    process.stderr.write(`${counts.join(', ')}, ${plural(warnings.length, 'warning')}\n`);
  }
  if (errors.length > 0) throw new CliFailure('refused');
}
