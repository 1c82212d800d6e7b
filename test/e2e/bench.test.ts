import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BenchRow } from '../../tools/bench/row.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { runProgram } from '../../tools/support/run-program.ts';

const bench = (...args: readonly string[]) =>
  runProgram(process.execPath, [join(repositoryRoot, 'tools', 'bench.ts'), '--json', ...args]);

test('the benchmark runs to its end at a small size, and every time and rate has its floor', async () => {
  const { code, output } = await bench('--services', '2', '--seconds', '0.1', '--only', 'polls,builds');
  assert.equal(code, 0, output);
  const rows = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as BenchRow & { readonly ratio: number });
  assert.deepEqual(
    rows.map(({ bench: name, unit }) => `${name}: ${unit}`),
    [
      'full build, one view: ms CPU',
      'one-endpoint change, 10 views: ms CPU',
      'one-policy change, 10 views: ms CPU',
      'one-route change, 10 views: ms CPU',
      ...['unchanged poll', 'unchanged poll, whole node (77 KB)', 'changed poll'].flatMap((poll) => [
        `${poll}: ms CPU per poll`,
        `${poll}: polls/s`,
      ]),
    ],
  );
  for (const { bench: name, services, unit, value, floor, ratio } of rows) {
    assert.equal(services, 2);
    // Processor time of a server comes in steps of 10 ms, which a load as short as this may not fill.
    if (unit === 'ms CPU per poll') assert.ok(value >= 0, name);
    else assert.equal(ratio, value / (floor ?? 0), name);
  }
});

test('a size that is none is a mistake in usage', async () => {
  for (const args of [['--services', '0'], ['--only', 'nothing'], ['--seconds', 'x'], ['--what']]) {
    const { code, output } = await bench(...args);
    assert.equal(code, 2);
    assert.match(output, /usage: npm run bench/);
  }
});
