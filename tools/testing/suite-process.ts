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

/** Files that run side by side in a suite with one process per file. */
const lanes = 2;

const [processes = 'separate', pattern = '', ...files] = process.argv.slice(2);
const names = pattern === '' ? {} : { testNamePatterns: [pattern] };

// The parent is gone, by whatever cause: nobody reads results, and the processes of the files must not stay behind.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.channel?.unref(); // listening alone would keep the process, and the shared tests end only when nothing does

if (processes === 'shared') {
  await follow(run({ files, cwd: repositoryRoot, isolation: 'none', ...names }));
} else {
  const waiting = [...files];
  await Promise.all(Array.from({ length: lanes }, () => runEach(waiting)));
}
// Ends here even if a test left a server running: the parent has all results.
process.send?.({ say: 'done' } satisfies SuiteMessage, () => process.exit());

/** Takes file after file, each in a process of its own, until none is waiting. */
async function runEach(waiting: string[]): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const start = performance.now();
    await follow(
      run({ files: [file], cwd: repositoryRoot, isolation: 'process', timeout: fileLimitMs, ...names }),
      file,
    );
    tell({ say: 'ended', file, seconds: (performance.now() - start) / 1000 });
  }
}

/**
 * Tells the parent what happens until all is done. A test knows where its code is, which may be a file that several
 * test files share; when one file runs alone, all that happens belongs to it.
 */
function follow(events: ReturnType<typeof run>, onlyFile?: string): Promise<void> {
  const fileOf = (path = ''): string => onlyFile ?? relative(repositoryRoot, path);
  const tellResult = (test: EventData.TestPass | EventData.TestFail, ending: Ending | undefined): void => {
    if (ending === undefined || (isGroup(test) && ending.outcome === 'passed')) return;
    tell({ say: 'result', result: { ...ending, name: test.name, file: fileOf(test.file) } });
  };
  const tellOutput = ({ file, message }: EventData.TestStdout): void =>
    tell({ say: 'output', file: fileOf(file), text: message });
  events
    .on('test:pass', (test) => tellResult(test, passed(test)))
    .on('test:fail', (test) => tellResult(test, failed(test)))
    .on('test:stdout', tellOutput)
    .on('test:stderr', tellOutput);
  return new Promise((resolve) => events.on('end', resolve).resume());
}

/** A `describe`, or a file that ran to its end: no result, unless it failed outside its tests or was skipped as a whole. */
function isGroup({ name, file = '', details }: EventData.TestPass | EventData.TestFail): boolean {
  return details.type === 'suite' || name === file || name === relative(repositoryRoot, file);
}

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

function tell(message: SuiteMessage): void {
  process.send?.(message);
}
