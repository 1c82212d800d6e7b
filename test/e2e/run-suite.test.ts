import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runSuite } from '../../tools/testing/run-suite.ts';
import type { SuiteRun } from '../../tools/testing/run-suite.ts';
import type { SuiteName } from '../../tools/testing/suites.ts';
import { tempDir } from '../support/temp-dir.ts';

const imports = "import assert from 'node:assert/strict';\nimport { describe, test } from 'node:test';\n";
const mixed = `${imports}
test('good', () => { assert.ok(true); });
test('bad', () => { console.log('said before failing'); assert.equal(1, 2); });
test('skipped', { skip: 'because' }, () => { assert.fail(); });
test('parent', async (t) => { await t.test('bad child', () => { assert.fail('child'); }); });
describe('skipped group', { skip: 'all of it' }, () => { test('never', () => { assert.fail(); }); });
describe('group', () => { test('good member', () => { assert.ok(true); }); });
`;

// One suite of each way to run: all files in one process, and one process per file.
for (const suite of ['unit', 'e2e'] as const) {
  test(`${suite}: each test is one result, a parent and a group are none`, async (t) => {
    const { results, output } = await runFiles(t, suite, { 'mixed.test.ts': mixed });
    assert.deepEqual(results.map(({ outcome, name }) => `${outcome} ${name}`).sort(), [
      'failed bad',
      'failed bad child',
      'passed good',
      'passed good member',
      'skipped skipped',
      'skipped skipped group',
    ]);
    assert.equal(results.find(({ name }) => name === 'skipped')?.detail, 'because');
    assert.match(results.find(({ name }) => name === 'bad')?.detail ?? '', /1 !== 2/);
    assert.match([...output.values()].join(''), /said before failing/);
  });

  test(`${suite}: a file that does not load, and a file without tests, fail`, async (t) => {
    const files = { 'throws.test.ts': "throw new Error('at the top');\n", 'empty.test.ts': 'export const a = 1;\n' };
    const { results } = await runFiles(t, suite, files);
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['failed', 'failed'],
    );
    assert.ok(results.some(({ detail }) => detail === 'there is no test in this file'));
  });

  test(`${suite}: a process that ends in the middle of a test is a failure`, async (t) => {
    const exits = `${imports}\ntest('exits', () => { process.exit(0); });\n`;
    const { results } = await runFiles(t, suite, { 'exits.test.ts': exits });
    assert.ok(
      results.some(({ outcome }) => outcome === 'failed'),
      JSON.stringify(results),
    );
  });
}

test('a pattern narrows a run to the tests whose name matches', async (t) => {
  const { results } = await runFiles(t, 'unit', { 'mixed.test.ts': mixed, pattern: '^good$' });
  assert.deepEqual(
    results.map(({ name }) => name),
    ['good'],
  );
});

/** Runs test files, given as name and source; `pattern` narrows the run. */
async function runFiles(
  t: TestContext,
  suite: SuiteName,
  { pattern = '', ...files }: Readonly<Record<string, string>>,
): Promise<SuiteRun> {
  const tree = tempDir({ 'package.json': '{"type":"module"}', ...files });
  t.after(tree.remove);
  return runSuite({ suite, pattern, files: Object.keys(files).map((name) => join(tree.path, name)) });
}
