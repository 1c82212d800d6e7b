// npm test: everything that must pass before a change lands, ending in one line "N passed, N failed, N skipped".
// npm test -- --suite unit, npm test -- test/unit/base/hashing.test.ts: a part of it.
import { runChecks } from './checks/checks.ts';
import { fetchProgram } from './fetch/fetch-program.ts';
import { programNames, programs } from './fetch/programs.ts';
import { closingLine, failureReport, longFiles, skipReport, suiteLine, tallyOf } from './testing/report.ts';
import { runSuite } from './testing/run-suite.ts';
import type { SuiteRun } from './testing/run-suite.ts';
import { suites } from './testing/suites.ts';
import { UsageError, selectTests } from './testing/select-tests.ts';
import type { Selection } from './testing/select-tests.ts';

const { isWhole, requests } = readArguments();
const checks = isWhole ? await runChecks({ fast: false }) : { passed: 0, failed: 0 };
if (requests.some(({ suite }) => suites[suite].processes === 'separate')) await fetchMissing();

const runs: SuiteRun[] = [];
for (const request of requests) {
  const run = await runSuite(request);
  for (const line of [suiteLine(run), ...longFiles(run)]) console.log(line);
  runs.push(run);
}

const results = runs.flatMap((run) => run.results);
for (const line of [...skipReport(results), ...failureReport(runs)]) console.log(line);
const tally = tallyOf(results);
const failed = tally.failed + checks.failed;
if (results.length === 0) console.log('no test ran');
console.log(`\n${closingLine({ ...tally, passed: tally.passed + checks.passed, failed })}`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;

function readArguments(): Selection {
  try {
    return selectTests(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

/** Programs that tests need; what cannot be had is reported by the tests that are left out for it. */
async function fetchMissing(): Promise<void> {
  const start = performance.now();
  const located = await Promise.all(
    programNames.filter((name) => programs[name].neededBy === 'tests').map((name) => fetchProgram(name)),
  );
  const missing = located.filter((program) => !('ready' in program)).length;
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
  console.log(`${missing === 0 ? 'ok  ' : 'note'} ${'programs'.padEnd(13)} ${seconds} s  ${missing} missing`);
}
