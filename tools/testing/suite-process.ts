// Runs the files of one suite and tells the parent process about each test: suite-process.ts shared|separate PATTERN FILE...
// A process of its own, so that a test which blocks or crashes everything is seen and ended by its parent.
import { relative } from 'node:path';
import { run } from 'node:test';
import type { EventData } from 'node:test';
import { inspect } from 'node:util';
import { repositoryRoot } from '../support/repository.ts';
import type { SuiteMessage, TestResult } from './test-result.ts';

/** Ends a file that hangs in a suite with one process per file, in milliseconds. */
const fileLimitMs = 4 * 60_000;

const [processes = 'separate', pattern = '', ...files] = process.argv.slice(2);

const events = run({
  files,
  cwd: repositoryRoot,
  ...(processes === 'shared' ? { isolation: 'none' } : { isolation: 'process', concurrency: 2, timeout: fileLimitMs }),
  ...(pattern === '' ? {} : { testNamePatterns: [pattern] }),
});
events.on('test:pass', (test) => tellResult(test, passed(test)));
events.on('test:fail', (test) => tellResult(test, failed(test)));
events.on('test:stdout', ({ file, message }) => tell({ say: 'output', file: fileOf(file), text: message }));
events.on('test:stderr', ({ file, message }) => tell({ say: 'output', file: fileOf(file), text: message }));
// Ends here even if a test left a server running: the parent has all results.
events.on('end', () => process.send?.({ say: 'done' } satisfies SuiteMessage, () => process.exit()));
events.resume();

type Ending = Pick<TestResult, 'outcome' | 'detail'>;

function passed({ skip, todo }: EventData.TestPass): Ending {
  const reason = skip ?? todo;
  if (reason === undefined || reason === false) return { outcome: 'passed', detail: '' };
  return { outcome: 'skipped', detail: typeof reason === 'string' ? reason : 'no reason given' };
}

function failed({ details, todo }: EventData.TestFail): Ending | undefined {
  const { error } = details;
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined;
  if (todo !== undefined && todo !== false) return { outcome: 'skipped', detail: `todo: ${String(todo)}` };
  const cause = error.cause instanceof Error ? error.cause : error;
  return { outcome: 'failed', detail: inspect(cause, { depth: 6, maxStringLength: 20_000 }) };
}

/** A group (a `describe`, or a file that ran to its end) is no test unless something outside its tests failed. */
function tellResult(test: EventData.TestPass | EventData.TestFail, ending: Ending | undefined): void {
  const file = fileOf(test.file);
  const isGroup = test.details.type === 'suite' || test.name === file || test.name === test.file;
  if (ending === undefined || (isGroup && ending.outcome !== 'failed')) return;
  tell({ say: 'result', result: { ...ending, name: test.name, file } });
}

function fileOf(path: string | undefined): string {
  return path === undefined ? '' : relative(repositoryRoot, path);
}

function tell(message: SuiteMessage): void {
  process.send?.(message);
}
