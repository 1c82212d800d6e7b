import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { changedFiles, repositoryFiles, repositoryRoot } from '../support/repository.ts';
import { runProgram } from '../support/run-program.ts';
import { auditDependencies } from './audit.ts';
import { deadExports } from './dead-exports.ts';
import { cruiseImports, unreadModules } from './import-table.ts';
import { scanFiles } from './secret-scan.ts';

// What TypeScript learned the last time, for this work tree alone: work trees may share one cache.
const treeName = createHash('sha256').update(repositoryRoot).digest('hex').slice(0, 8);
const remembered = ['--incremental', '--tsBuildInfoFile', join(repositoryRoot, `.cache/types-${treeName}.tsbuildinfo`)];

/** The rule of the import table that a part breaks until the one that uses it has landed. */
const unfinishedRule = 'every-lib-file-is-reachable';

/** One check: `run` answers what is wrong, line by line; nothing when all is well. */
interface Check {
  readonly name: string;
  readonly remedy: string;
  readonly run: () => Promise<readonly string[] | Unknown>;
}

/** A check that could not be made, which is neither good nor bad: it is said, and does not stop anybody. */
interface Unknown {
  readonly unknown: string;
}

/** How many checks passed and failed. */
export interface CheckTally {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Says everything that can be said about the sources without running them; prints one line per check.
 * The fast form looks at lint and formatting of the changed files only, and leaves out dead exports and unreachable
 * files, which unfinished work is full of.
 */
export async function runChecks({ fast }: { readonly fast: boolean }): Promise<CheckTally> {
  const { types, lint, imports, exports, format, secrets, audit } = checksOf(fast);
  const outcomes = await Promise.all(
    (fast ? [types, lint, imports, format, secrets] : [types, lint, imports, exports, format, secrets, audit]).map(
      report,
    ),
  );
  const passed = outcomes.filter(Boolean).length;
  return { passed, failed: outcomes.length - passed };
}

/** The checks over these files; types, imports and exports always look at the whole, for they are about the whole. */
function checksOf(fast: boolean) {
  const files = fast ? changedFiles() : repositoryFiles();
  const over = async (fits: RegExp, program: string, options: readonly string[]): Promise<readonly string[]> => {
    const scope = files.filter((file) => fits.test(file));
    return scope.length === 0 ? [] : complaintsOf(program, [...options, ...scope]);
  };
  return {
    types: {
      name: 'types',
      remedy: '',
      run: () => complaintsOf('tsc', ['--noEmit', '--pretty', 'false', ...remembered]),
    },
    lint: {
      name: 'lint',
      remedy: 'npx eslint --fix FILE',
      run: () => over(/\.(ts|js|mjs|cjs)$/, 'eslint', ['--no-warn-ignored', '--max-warnings', '0']),
    },
    imports: {
      name: 'import table',
      remedy: 'the table is .dependency-cruiser.cjs',
      run: () => importComplaints(fast),
    },
    exports: {
      name: 'dead exports',
      remedy: 'delete it, or do not export it',
      run: () => Promise.resolve(deadExports(join(repositoryRoot, 'tsconfig.json'))),
    },
    secrets: {
      name: 'no keys in files',
      remedy: 'make keys when they are needed, as tests do; one that was pushed is known and has to be withdrawn',
      run: async () => scanFiles(repositoryRoot, files),
    },
    audit: {
      name: 'audit',
      remedy: 'npm audit',
      run: async () => {
        const audit = await auditDependencies(repositoryRoot);
        return 'found' in audit ? audit.found : audit;
      },
    },
    format: {
      name: 'formatting',
      remedy: 'npm run format',
      run: () => over(/./, 'prettier', ['--list-different', '--ignore-unknown']),
    },
  } satisfies Record<string, Check>;
}

/** Runs one check and prints its line when it is done; answers whether it passed. */
async function report({ name, remedy, run }: Check): Promise<boolean> {
  const start = performance.now();
  const said = await run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const complaints = 'unknown' in said ? [`not known, the registry could not say: ${said.unknown}`] : said;
  const passed = 'unknown' in said || complaints.length === 0;
  const word = 'unknown' in said ? 'note' : passed ? 'ok  ' : 'FAIL';
  console.log(`${word} ${name.padEnd(16)} ${seconds.padStart(5)} s`);
  for (const complaint of complaints) console.log(`     ${complaint}`);
  if (!passed && remedy !== '') console.log(`     → ${remedy}`);
  return passed;
}

async function importComplaints(fast: boolean): Promise<readonly string[]> {
  const cruised = await cruiseImports(repositoryRoot);
  const unread = unreadModules(cruised, repositoryFiles());
  const violations = cruised.violations.filter((violation) => !fast || !violation.startsWith(unfinishedRule));
  return [...violations, ...unread.map((file) => `not read by dependency-cruiser: ${file}`)];
}

async function complaintsOf(program: string, args: readonly string[]): Promise<readonly string[]> {
  const { code, output } = await runProgram(join(repositoryRoot, 'node_modules/.bin', program), args, {
    cwd: repositoryRoot,
  });
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return code === 0 ? [] : lines.length > 0 ? lines : [`${program} ended with code ${code} and said nothing`];
}
