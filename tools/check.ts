// npm run check: everything that can be said about the sources without running them.
// npm run check -- --fast: types, and lint and formatting of the changed files only, for a look before each landing.
import { join } from 'node:path';
import { deadExports } from './checks/dead-exports.ts';
import { cruiseImports, unreadModules } from './checks/import-table.ts';
import { changedFiles, repositoryFiles, repositoryRoot } from './support/repository.ts';
import { runProgram } from './support/run-program.ts';

/** One check: `run` answers what is wrong, line by line; nothing when all is well. */
interface Check {
  readonly name: string;
  readonly remedy: string;
  readonly run: () => Promise<readonly string[]>;
}

const fast = process.argv.includes('--fast');
const scope = fast ? changedFiles() : repositoryFiles();

const types: Check = { name: 'types', remedy: '', run: () => complaintsOf('tsc', ['--noEmit', '--pretty', 'false']) };
const lint: Check = {
  name: 'lint',
  remedy: 'npx eslint --fix FILE',
  run: () => complaintsAbout(/\.(ts|js|mjs|cjs)$/, 'eslint', ['--no-warn-ignored', '--max-warnings', '0']),
};
const imports: Check = {
  name: 'import table',
  remedy: 'the table is .dependency-cruiser.cjs',
  run: async () => {
    const cruised = await cruiseImports(repositoryRoot);
    const unread = unreadModules(cruised, repositoryFiles());
    return [...cruised.violations, ...unread.map((file) => `not read by dependency-cruiser: ${file}`)];
  },
};
const exports: Check = {
  name: 'dead exports',
  remedy: 'delete it, or do not export it',
  run: () => Promise.resolve(deadExports(join(repositoryRoot, 'tsconfig.json'))),
};
const format: Check = {
  name: 'formatting',
  remedy: 'npm run format',
  run: () => complaintsAbout(/./, 'prettier', ['--list-different', '--ignore-unknown']),
};

const checks = fast ? [types, lint, imports, format] : [types, lint, imports, exports, format];
const results = await Promise.all(checks.map(report));
process.exitCode = results.every(Boolean) ? 0 : 1;

/** Runs one check and prints its line when it is done; answers whether it passed. */
async function report({ name, remedy, run }: Check): Promise<boolean> {
  const start = performance.now();
  const complaints = await run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const passed = complaints.length === 0;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(13)} ${seconds.padStart(5)} s`);
  for (const complaint of complaints) console.log(`     ${complaint}`);
  if (!passed && remedy !== '') console.log(`     → ${remedy}`);
  return passed;
}

/** Runs a program of node_modules/.bin over the files in scope whose name fits; with no such file there is nothing to say. */
async function complaintsAbout(fits: RegExp, program: string, options: readonly string[]): Promise<readonly string[]> {
  const files = scope.filter((file) => fits.test(file));
  return files.length === 0 ? [] : complaintsOf(program, [...options, ...files]);
}

async function complaintsOf(program: string, args: readonly string[]): Promise<readonly string[]> {
  const { code, output } = await runProgram(join(repositoryRoot, 'node_modules/.bin', program), args, {
    cwd: repositoryRoot,
  });
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return code === 0 ? [] : lines.length > 0 ? lines : [`${program} ended with code ${code} and said nothing`];
}
