import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closingLine, failureReport, longFiles, skipReport, tallyOf } from '../../../tools/testing/report.ts';
import type { TestResult } from '../../../tools/testing/test-result.ts';

const results: readonly TestResult[] = [
  { outcome: 'passed', name: 'a', file: 'test/e2e/a.test.ts', detail: '' },
  { outcome: 'failed', name: 'b', file: 'test/e2e/a.test.ts', detail: 'Error: no\n  at here' },
  { outcome: 'skipped', name: 'c', file: 'test/e2e/a.test.ts', detail: 'left out: no envoy; fetch it' },
  { outcome: 'skipped', name: 'd', file: 'test/e2e/a.test.ts', detail: 'left out: no envoy; fetch it' },
  { outcome: 'skipped', name: 'e', file: 'test/e2e/a.test.ts', detail: 'only on Sundays' },
];

test('the closing line counts what passed, failed and was skipped', () => {
  assert.equal(closingLine(tallyOf(results)), '1 passed, 1 failed, 3 skipped');
});

test('what was left out is grouped by its reason, apart from tests that skip themselves', () => {
  const report = skipReport(results).join('\n');
  assert.match(report, /2 tests: no envoy; fetch it/);
  assert.match(report, /test\/e2e\/a\.test\.ts: e \(only on Sundays\)/);
  assert.deepEqual(skipReport([]), []);
});

test('a failure is shown in full, with what its file printed and how to run it alone', () => {
  const output = new Map([['test/e2e/a.test.ts', 'a hint\n']]);
  const report = failureReport([{ suite: 'e2e', seconds: 1, fileSeconds: new Map(), results, output }]).join('\n');
  assert.match(
    report,
    /FAIL test\/e2e\/a\.test\.ts: b\n {5}Error: no\n {7}at here\n {5}→ npm test -- test\/e2e\/a\.test\.ts/,
  );
  assert.match(report, /printed by test\/e2e\/a\.test\.ts:\n {5}a hint/);
  assert.deepEqual(
    failureReport([{ suite: 'e2e', seconds: 1, fileSeconds: new Map(), results: results.slice(0, 1), output }]),
    [],
  );
});

test('files that a run waited for long are named, longest first', () => {
  const fileSeconds = new Map([
    ['test/e2e/short.test.ts', 29.9],
    ['test/e2e/long.test.ts', 30],
    ['test/e2e/longest.test.ts', 101.4],
  ]);
  assert.deepEqual(longFiles({ fileSeconds }), [
    '      101 s  test/e2e/longest.test.ts',
    '       30 s  test/e2e/long.test.ts',
  ]);
});
