import { leftOutMark } from './test-result.ts';
import type { TestResult } from './test-result.ts';
import type { SuiteRun } from './run-suite.ts';

/** How many tests ended in which way. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function tallyOf(results: readonly TestResult[]): Tally {
  const count = (outcome: TestResult['outcome']): number => results.filter((test) => test.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** The one line that ends every run. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** One line about a suite, printed when it is done. */
export function suiteLine({ suite, results, seconds }: SuiteRun): string {
  const tally = tallyOf(results);
  return `${tally.failed > 0 ? 'FAIL' : 'ok  '} ${suite.padEnd(13)} ${seconds.toFixed(1).padStart(5)} s  ${closingLine(tally)}`;
}

/** Files from this on are named when their suite is done, longest first, so that everybody sees what a run waits for; in seconds. */
const longFile = 30;

export function longFiles({ fileSeconds }: Pick<SuiteRun, 'fileSeconds'>): string[] {
  return [...fileSeconds]
    .filter(([, seconds]) => seconds >= longFile)
    .sort(([, one], [, other]) => other - one)
    .map(([file, seconds]) => `     ${seconds.toFixed(0).padStart(4)} s  ${file}`);
}

/** Every failing test in full: where it is, what it said, and how to run it alone. */
export function failureReport(runs: readonly SuiteRun[]): string[] {
  return runs.flatMap(({ results, output }) => {
    const failures = results.filter(({ outcome }) => outcome === 'failed');
    const failingFiles = [...new Set(failures.map(({ file }) => file))];
    const printed = failures.length === 0 ? [] : [...failingFiles, ''].flatMap((file) => printedBy(file, output));
    return [...failures.flatMap(describeFailure), ...printed];
  });
}

function describeFailure({ name, file, detail }: TestResult): string[] {
  return ['', `FAIL ${file}: ${name}`, ...indent(detail), `     → npm test -- ${file}`];
}

function printedBy(file: string, output: ReadonlyMap<string, string>): string[] {
  const text = output.get(file)?.trim() ?? '';
  return text === '' ? [] : ['', `printed by ${file === '' ? 'the suite' : file}:`, ...indent(text)];
}

/** What did not run: tests whose program is missing on this machine, grouped by reason, then tests that skip themselves. */
export function skipReport(results: readonly TestResult[]): string[] {
  const skipped = results.filter(({ outcome }) => outcome === 'skipped');
  const leftOut = Map.groupBy(
    skipped.filter(({ detail }) => detail.startsWith(leftOutMark)),
    ({ detail }) => detail.slice(leftOutMark.length),
  );
  const own = skipped.filter(({ detail }) => !detail.startsWith(leftOutMark));
  return [
    ...heading('left out on this machine (a failure where CI is set):', leftOut.size),
    ...[...leftOut].map(([reason, tests]) => `     ${tests.length} tests: ${reason}`),
    ...heading('skipped:', own.length),
    ...own.map(({ file, name, detail }) => `     ${file}: ${name} (${detail})`),
  ];
}

function heading(text: string, entries: number): string[] {
  return entries === 0 ? [] : ['', text];
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `     ${line}`);
}
