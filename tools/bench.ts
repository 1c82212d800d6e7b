import { parseArgs } from 'node:util';
import { table } from 'table';
import { buildRows } from './bench/builds.ts';
import { bundleRows } from './bench/bundles.ts';
import { figure } from './bench/measure.ts';
import { pollRows } from './bench/polls.ts';
import type { BenchRow } from './bench/row.ts';

const USAGE = `usage: npm run bench [-- --json] [--services 10,100,1000] [--only builds|polls|bundles]
       npm run bench -- build --case FILE [--iterations N] [--json]

Every figure stands beside a floor measured in the same run; the ratio is what can be compared between machines.`;

const SUITES = {
  builds: (services: readonly number[]) => services.flatMap(buildRows),
  polls: async (services: readonly number[]) => {
    const rows: BenchRow[] = [];
    for (const count of services) rows.push(...(await pollRows(count))); // one after another: they must not share the cores
    return rows;
  },
  bundles: () => bundleRows(),
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      services: { type: 'string', default: '10,100,1000' },
      only: { type: 'string' },
    },
  });
  const services = values.services.split(',').map(Number);
  const wanted = Object.entries(SUITES).filter(([name]) => values.only === undefined || values.only === name);
  if (wanted.length === 0 || services.some((count) => !Number.isInteger(count) || count < 1)) {
    console.error(USAGE);
    return 2;
  }
  const rows: BenchRow[] = [];
  for (const [name, run] of wanted) {
    if (!values.json) console.error(`measuring ${name} ...`);
    rows.push(...(await run(services)));
  }
  print(rows, values.json);
  return 0;
}

function print(rows: readonly BenchRow[], asJson: boolean): void {
  const withRatio = rows.map((row) => ({ ...row, ratio: row.floor === undefined ? undefined : row.value / row.floor }));
  if (asJson) {
    for (const row of withRatio) console.log(JSON.stringify(row));
    return;
  }
  const header = ['bench', 'services', 'value', 'unit', 'floor', 'ratio', 'floor is'];
  const lines = withRatio.map((row) => [
    row.bench,
    row.services === 0 ? '' : String(row.services),
    figure(row.value),
    row.unit,
    row.floor === undefined ? '' : figure(row.floor),
    row.ratio === undefined ? '' : figure(row.ratio),
    row.floorIs,
  ]);
  console.log(
    table([header, ...lines], { drawHorizontalLine: (line) => line === 1, columns: { 2: { alignment: 'right' } } }),
  );
}

process.exitCode = await main();
