import { fork } from 'node:child_process';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../support/repository.ts';
import type { SuiteMessage, TestResult } from './test-result.ts';
import { suites } from './suites.ts';
import type { SuiteName } from './suites.ts';

/** All that is known about a suite that ran to its end, or was ended. */
export interface SuiteRun {
  readonly suite: SuiteName;
  readonly results: readonly TestResult[];
  /** What the tests printed, by file; shown for files with a failure. */
  readonly output: ReadonlyMap<string, string>;
  readonly seconds: number;
  /** How long each file took that had a process of its own. */
  readonly fileSeconds: ReadonlyMap<string, number>;
}

/** Which files of a suite to run; `pattern` narrows them to tests whose name matches (empty: all). */
export interface SuiteRequest {
  readonly suite: SuiteName;
  readonly files: readonly string[];
  readonly pattern: string;
}

const suiteProcess = fileURLToPath(new URL('suite-process.ts', import.meta.url));

/** At most this much of what a file printed is kept, in characters. */
const keptOutput = 8_000;

/** Runs files of one suite in a process of its own; a process that crashes or does not end is a failure of the suite. */
export function runSuite({ suite, files: asked, pattern }: SuiteRequest): Promise<SuiteRun> {
  const { processes, limitMinutes } = suites[suite];
  const files = asked.map((file) => relative(repositoryRoot, resolve(repositoryRoot, file)));
  const start = performance.now();
  const results: TestResult[] = [];
  const output = new Map<string, string>();
  const fileSeconds = new Map<string, number>();
  const keep = (file: string, text: string): void =>
    void output.set(file, ((output.get(file) ?? '') + text).slice(-keptOutput));
  const child = fork(suiteProcess, [processes, pattern, ...files], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true, // a process group of its own, to end the processes of its files with it
    // What is missing has been tried for already; each test file trying again would take minutes. And a runner that a
    // test started is a runner of its own: without this, Node would take it for a nested test and run nothing.
    env: { ...process.env, PILOTLESS_FETCH: 'never', NODE_TEST_CONTEXT: undefined },
  });
  const limit = setTimeout(() => killGroup(child.pid), limitMinutes * 60_000);
  let isDone = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => keep('', text));
  }
  child.on('message', (message: SuiteMessage) => {
    if (message.say === 'result') results.push(message.result);
    else if (message.say === 'output') keep(message.file, message.text);
    else if (message.say === 'ended') fileSeconds.set(message.file, message.seconds);
    else isDone = true;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (!isDone) results.push(unfinished(suite, signal ?? `code ${code}`, results.at(-1)));
      else if (pattern === '') results.push(...withoutTests(files, results));
      resolve({ suite, results, output, seconds: (performance.now() - start) / 1000, fileSeconds });
    });
  });
}

function killGroup(leader: number | undefined): void {
  if (leader !== undefined) process.kill(-leader, 'SIGKILL');
}

/**
 * A file that ran and reported nothing tests nothing, which its author surely did not mean. When a test's code is in
 * a file that several test files share, one cannot tell whose it is: then no file is blamed.
 */
function withoutTests(files: readonly string[], results: readonly TestResult[]): TestResult[] {
  const reported = new Set(results.map(({ file }) => file));
  if ([...reported].some((file) => !files.includes(file))) return [];
  const silent = files.filter((file) => !reported.has(file));
  return silent.map((file) => ({ outcome: 'failed', name: file, file, detail: 'there is no test in this file' }));
}

function unfinished(suite: SuiteName, ending: string, last: TestResult | undefined): TestResult {
  const { limitMinutes } = suites[suite];
  const detail = [
    `its process ended with ${ending} before it was done (limit ${limitMinutes} min)`,
    'a test blocks, ends the process, or leaves a server or a timer running',
    `last heard of: ${last === undefined ? 'no test' : `${last.file}: ${last.name}`}`,
  ].join('\n');
  return { outcome: 'failed', name: `the whole suite ${suite}`, file: `test/${suite}`, detail };
}
