import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BenchRow } from '../../tools/bench/row.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { runProgram } from '../../tools/support/run-program.ts';

const bench = (...args: readonly string[]) =>
  runProgram(process.execPath, [join(repositoryRoot, 'tools', 'bench.ts'), ...args, '--json']);

type PrintedRow = BenchRow & { readonly ratio?: number };

async function rowsOf(...args: readonly string[]): Promise<readonly PrintedRow[]> {
  const { code, output } = await bench(...args);
  assert.equal(code, 0, output);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PrintedRow);
}

test('the benchmark runs to its end at a small size, and every time and rate has its floor', async () => {
  // Enough for a route configuration that is stored in several pieces.
  const rows = await rowsOf('--services', '40', '--seconds', '0.1', '--only', 'polls,builds');
  assert.deepEqual(
    rows.map(({ bench: name, unit }) => `${name.replace(/, [\d,]+ bytes$/, '')}: ${unit}`),
    [
      'full build, one view: ms CPU',
      'one-endpoint change, 10 views: ms CPU',
      'one-policy change, 10 views: ms CPU',
      'one-route change, 10 views: ms CPU',
      ...[
        'unchanged poll',
        'unchanged poll, whole node (77 KB)',
        'changed poll',
        'unchanged delta poll',
        'changed delta poll',
      ].flatMap((poll) => [`${poll}: ms CPU per poll`, `${poll}: polls/s`]),
    ],
  );
  for (const { bench: name, services, unit, value, floor, ratio } of rows) {
    assert.equal(services, 40);
    // Processor time of a server comes in steps of 10 ms, which a load as short as this may not fill.
    if (unit === 'ms CPU per poll') assert.ok(value >= 0, name);
    else assert.equal(ratio, value / (floor ?? 0), name);
  }
});

test('DLV-1: an unchanged poll reads nothing of the store while what was read before is fresh', async () => {
  const rows = await rowsOf('--services', '2', '--only', 'reads');
  assert.equal(rows.length, 8, 'stripped and whole nodes, in the cloud and in one process, after 5 s and within 1 s');
  for (const { bench: name, unit, value } of rows) {
    assert.equal(unit, 'reads per poll');
    if (name.endsWith('within 1 s')) assert.equal(value, 0, name);
    else assert.ok(value > 0 && value <= 2, `${name}: ${value}`);
  }
});

test('what a change of one object costs is said for each kind, beside the smallest mesh of the run', async () => {
  const rows = await rowsOf('--services', '2,4', '--only', 'changes');
  const units = ['ms CPU', 'store reads', 'store writes', 'KB written'];
  const expected = ['endpoint', 'policy', 'weight'].flatMap((kind) => units.map((unit) => `${kind}: ${unit}`));
  assert.deepEqual(
    rows.map(({ bench: name, unit, services }) => `${name.split(' ')[1]}: ${unit} at ${services}`),
    [2, 4].flatMap((size) => expected.map((row) => `${row} at ${size}`)),
  );
  for (const row of rows) {
    assert.ok(row.value > 0, row.bench);
    assert.equal(row.ratio, row.value / (row.floor ?? 0));
    if (row.services === 2) assert.equal(row.ratio, 1);
  }
});

test('VIEW-2, DLV-3: one change is built and stored once for equal proxies, and a delta poll is sent what changed', async () => {
  const rows = await rowsOf('--services', '3', '--only', 'bytes,shared');
  const [delta, full, builds, published] = rows;
  assert.equal(rows.length, 4);
  assert.ok(delta && full && builds && published);
  assert.deepEqual([builds.value, published.value], [1, 1]);
  assert.ok((delta.floor ?? 0) > 0 && delta.value > (delta.floor ?? 0), 'the resources and what names them');
  assert.ok(full.value > delta.value, 'all endpoints are more than those that changed');
});

test('BLD-8: the benchmark measures how long a change takes until it is served, p50 and p99, for 50 views too', async () => {
  const rows = await rowsOf('--services', '2', '--changes', '2', '--only', 'visible');
  assert.deepEqual(
    rows.map(({ bench: name, unit }) => `${name}: ${unit}`),
    [
      'apply to visible, 1 view, p50 of 2: ms',
      'apply to visible, 1 view, p99 of 2: ms',
      'apply to visible, 50 views, p50 of 2: ms',
      'apply to visible, 50 views, p99 of 2: ms',
    ],
  );
  for (const { bench: name, value, floor, floorIs } of rows) {
    assert.equal(floorIs, 'until acknowledged');
    assert.ok(floor !== undefined && floor > 0 && value > floor, `${name}: served after it was acknowledged`);
  }
  const { output } = await bench('--what');
  assert.match(output, /--services 10,100,1000/, 'without an option it is measured at 1,000 services');
});

test('a herd of starting proxies is measured to its end', async () => {
  const rows = await rowsOf('--services', '2', '--proxies', '10', '--only', 'herd');
  assert.deepEqual(
    rows.map(({ bench: name, unit }) => `${name}: ${unit}`),
    [
      '10 proxies start at once: until all are served: s',
      '10 proxies start at once: processor time of the service: s CPU',
      '10 proxies start at once: failed polls: polls',
    ],
  );
  assert.equal(rows.at(-1)?.value, 0, 'no poll failed');
  for (const { bench: name, value, floor } of rows.slice(0, 2)) {
    assert.ok(floor !== undefined && floor > 0 && value >= 0, name);
  }
});

test('a bill adds up, and says what polls would cost elsewhere', async () => {
  const small = ['--proxies', '4', '--views', '2', '--services', '3', '--instances', '2', '--refresh', '30'];
  const { code, output } = await bench('cost', ...small, '--front-door', 'http-api');
  assert.equal(code, 0, output);
  const bill = JSON.parse(output) as {
    readonly lines: readonly { readonly item: string; readonly dollars: number }[];
  } & {
    readonly [field in 'loops' | 'refreshSeconds' | 'pollsPerMonth' | 'answeringPolls' | 'total']: number;
  } & { readonly advice: readonly string[] };
  assert.equal(bill.loops, 3 + 3 * 3, 'clusters, listeners, routes, and endpoints of three clusters for each service');
  assert.equal(bill.pollsPerMonth, 4 * bill.loops * 2 * 730 * 60, 'of four proxies, twice a minute');
  assert.ok(Math.abs(bill.lines.reduce((sum, { dollars }) => sum + dollars, 0) - bill.total) < 1e-9);
  const door = bill.lines.find(({ item }) => item.startsWith('HTTP API'));
  assert.ok(Math.abs((door?.dollars ?? 0) - bill.pollsPerMonth / 1_000_000) < 1e-9, 'a dollar for a million');
  assert.match(bill.advice.join('\n'), /long-lived processes .* (cheaper|dearer) than Lambda[^]*edge cache/);
});

test('a size that is none is a mistake in usage', async () => {
  for (const args of [
    ['--services', '0'],
    ['--only', 'nothing'],
    ['--seconds', 'x'],
    ['--proxies', '0'],
    ['--what'],
    ['cost', '--proxies', '0'],
  ]) {
    const { code, output } = await bench(...args);
    assert.equal(code, 2);
    assert.match(output, /usage: npm run bench/);
  }
});
