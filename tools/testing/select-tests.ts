import { parseArgs } from 'node:util';
import { repositoryFiles } from '../support/repository.ts';
import type { SuiteRequest } from './run-suite.ts';
import { isSuite, suiteNames } from './suites.ts';

/** What `npm test` was asked to run. `isWhole`: nothing was narrowed, so checks and downloads come first. */
export interface Selection {
  readonly isWhole: boolean;
  readonly requests: readonly SuiteRequest[];
}

/** The command line was wrong; the message says how. */
export class UsageError extends Error {
  readonly code = 'USAGE';
}

const usage = `npm test -- [--suite ${suiteNames.join('|')}]... [--name PATTERN] [FILE|FOLDER]...`;

/** Reads the arguments of `npm test`. */
export function selectTests(args: readonly string[]): Selection {
  const { suite: asked, name: pattern, paths } = parse(args);
  const unknown = asked.filter((suite) => !isSuite(suite));
  if (unknown.length > 0) throw new UsageError(`no suite ${unknown.join(', ')}\n${usage}`);
  const wanted = (file: string): boolean => paths.length === 0 || paths.some((path) => isUnder(file, path));
  const files = repositoryFiles().filter((file) => file.endsWith('.test.ts'));
  const requests = suiteNames
    .filter((suite) => asked.length === 0 || asked.includes(suite))
    .map((suite) => ({ suite, pattern, files: files.filter((file) => isUnder(file, `test/${suite}`) && wanted(file)) }))
    .filter((request) => request.files.length > 0);
  return { isWhole: asked.length === 0 && pattern === '' && paths.length === 0, requests };
}

function parse(args: readonly string[]): { suite: string[]; name: string; paths: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { suite: { type: 'string', multiple: true, default: [] }, name: { type: 'string', default: '' } },
    });
    return { ...values, paths: positionals.map((path) => path.replace(/^\.\//, '').replace(/\/$/, '')) };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error });
  }
}

function isUnder(file: string, path: string): boolean {
  return file === path || file.startsWith(`${path}/`);
}
