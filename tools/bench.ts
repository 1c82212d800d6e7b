import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { table } from 'table';
import { main as pilotless } from '../lib/cli/main.ts';
import { buildRows } from './bench/builds.ts';
import { bundleRows } from './bench/bundles.ts';
import { costCommand } from './bench/cost-command.ts';
import { changeCostRows } from './bench/change-cost.ts';
import { coldStartRows } from './bench/cold-starts.ts';
import { gatewayRows } from './bench/gateway-builds.ts';
import { figure } from './bench/measure.ts';
import { pollReadRows } from './bench/poll-reads.ts';
import { pollRows } from './bench/polls.ts';
import type { BenchRow } from './bench/row.ts';
import { secretRows } from './bench/secret-builds.ts';
import { sentByteRows } from './bench/sent-bytes.ts';
import { sharedViewRows } from './bench/shared-view.ts';
import { startRows } from './bench/starts.ts';
import { visibleRows } from './bench/visible.ts';

const USAGE = `usage: npm run bench [-- --json] [--services 10,100,1000] [--only NAME,...]
                     [--seconds 2] [--changes 50] [--proxies 1000]
       npm run bench -- build --case FILE [--iterations N] [--json]
       npm run bench -- cost [--proxies 1000] [--refresh 5,30] [--json] [...]

--seconds is how long each load of polls lasts; every other one is the floor's. --changes are those that
latency is measured with, and --proxies those that start at once.
--only takes some of builds, gateways, secrets, polls, reads, changes, bytes, shared, visible, herd, bundles, starts.
Every figure stands beside a floor measured in the same run; the ratio is what can be compared between machines.`;

interface Sizes {
  readonly services: readonly number[];
  readonly seconds: number;
  readonly proxies: number;
  readonly changes: number;
}

const SUITES = {
  builds: ({ services }: Sizes) => services.flatMap(buildRows),
  gateways: ({ services }: Sizes) => services.flatMap(gatewayRows),
  secrets: ({ services }: Sizes) => inTurn(services, secretRows),
  polls: ({ services, seconds }: Sizes) => inTurn(services, (count) => pollRows(count, seconds)),
  reads: ({ services }: Sizes) => inTurn(services, pollReadRows),
  changes: ({ services }: Sizes) => changeCostRows(services),
  bytes: ({ services }: Sizes) => inTurn(services, sentByteRows),
  shared: ({ services }: Sizes) => inTurn(services, sharedViewRows),
  visible: ({ services, changes }: Sizes) => inTurn(services, (count) => visibleRows(count, changes)),
  herd: ({ services, proxies }: Sizes) => inTurn(services, (count) => coldStartRows(count, proxies)),
  bundles: () => bundleRows(),
  starts: () => startRows(),
} as const;

/** One size after the other: they must not share the cores. */
async function inTurn(
  sizes: readonly number[],
  rowsAt: (services: number) => Promise<readonly BenchRow[]>,
): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const services of sizes) rows.push(...(await rowsAt(services)));
  return rows;
}

async function main(): Promise<number> {
  const values = readOptions();
  if (values === undefined) {
    console.error(USAGE);
    return 2;
  }
  const services = values.services.split(',').map(Number);
  const [seconds, changes, proxies] = [Number(values.seconds), Number(values.changes), Number(values.proxies)];
  const only = values.only?.split(',');
  const wanted = Object.entries(SUITES).filter(([name]) => only?.includes(name) ?? true);
  const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
  if (wanted.length === 0 || ![...services, changes, proxies].every(isCount) || !(seconds > 0)) {
    console.error(USAGE);
    return 2;
  }
  const rows: BenchRow[] = [];
  for (const [name, run] of wanted) {
    if (!values.json) console.error(`measuring ${name} ...`);
    rows.push(...(await run({ services, seconds, changes, proxies })));
  }
  print(rows, values.json);
  return 0;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        services: { type: 'string', default: '10,100,1000' },
        only: { type: 'string' },
        seconds: { type: 'string', default: '2' },
        changes: { type: 'string', default: '50' },
        proxies: { type: 'string', default: '1000' },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function print(rows: readonly BenchRow[], asJson: boolean): void {
  const withRatio = rows.map((row) => ({ ...row, ratio: row.floor === undefined ? undefined : row.value / row.floor }));
  if (asJson) {
    for (const row of withRatio) console.log(JSON.stringify(row));
    return;
  }
  const header = ['bench', 'services', 'value', 'unit', 'floor', 'ratio', 'floor is', 'server busy'];
  const lines = withRatio.map((row) => [
    row.bench,
    row.services === 0 ? '' : String(row.services),
    figure(row.value),
    row.unit,
    row.floor === undefined ? '' : figure(row.floor),
    row.ratio === undefined ? '' : figure(row.ratio),
    row.floorIs,
    row.busy === undefined ? '' : `${(row.busy * 100).toFixed(0)} %`,
  ]);
  console.log(`Node ${process.version} on ${availableParallelism()} cores`);
  console.log(
    table([header, ...lines], { drawHorizontalLine: (line) => line === 1, columns: { 2: { alignment: 'right' } } }),
  );
}

if (process.argv[2] === 'build') await pilotless(['bench', ...process.argv.slice(2)]);
else if (process.argv[2] === 'cost') process.exitCode = await costCommand(process.argv.slice(3));
else process.exitCode = await main();
