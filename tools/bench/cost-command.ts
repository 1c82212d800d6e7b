import { parseArgs } from 'node:util';
import { table } from 'table';
import { costAdvice, type CostAssumptions, type MonthlyCost, money, monthlyCost } from './cost.ts';
import { type FleetShape, playFleet } from './fleet.ts';
import { figure } from './measure.ts';
import { PRICES, PRICES_AS_OF, PRICES_REGION } from './prices.ts';

const MIB = 1024 * 1024;

/** Every assumption with its default, as it is printed above each bill. */
const OPTIONS = {
  proxies: { default: '1000', meaning: 'proxies' },
  services: { default: '5', meaning: 'services that each proxy sees, of three clusters each' },
  views: { default: '50', meaning: 'views that the proxies share' },
  instances: { default: '5', meaning: 'instances of the polled function that are warm' },
  refresh: { default: '5,30', meaning: 'seconds between polls of a loop; a bill for each' },
  'changes-per-day': { default: '100', meaning: 'applies a day, of one object each' },
  'memory-mb': { default: '512', meaning: 'memory of each function' },
  'invoke-ms': { default: '1', meaning: 'what the runtime adds to each invocation' },
  'dynamo-ms': { default: '5', meaning: 'one call of DynamoDB' },
  's3-ms': { default: '20', meaning: 'one call of S3' },
  'front-door': { default: 'function-url', meaning: 'function-url (free) or http-api' },
} as const;

type OptionName = keyof typeof OPTIONS;
type Values = Readonly<Record<OptionName, string>>;

const USAGE = `usage: npm run bench -- cost [--json] [--OPTION VALUE ...]
${Object.entries(OPTIONS)
  .map(([name, option]) => `  --${name.padEnd(16)} ${option.default.padEnd(13)} ${option.meaning}`)
  .join('\n')}`;

/** `npm run bench -- cost`: plays a fleet's minutes on the product, and prices a month of them. Answers the exit code. */
export async function costCommand(args: readonly string[]): Promise<number> {
  const read = readValues(args);
  if (read === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { values, json, refreshes, assumed } = read;
  if (!json) printAssumptions(values);
  for (const seconds of refreshes) {
    const shape = { ...shapeOf(values), refreshMs: seconds * 1000 };
    const costs = await playFleet(shape);
    const cost = monthlyCost(costs, assumed);
    const advice = costAdvice(costs, shape, cost);
    const perChange = costs.change.sentBytes / MIB;
    if (json)
      console.log(
        JSON.stringify({ refreshSeconds: seconds, loops: costs.loops, ...cost, changeMegabytes: perChange, advice }),
      );
    else printBill(seconds, cost, { loops: costs.loops, perChange, advice });
  }
  return 0;
}

function printAssumptions(values: Values): void {
  console.log(`Prices of ${PRICES_REGION} as of ${PRICES_AS_OF}, on demand, without free tier. Taken for granted:`);
  for (const [name, { meaning }] of Object.entries(OPTIONS)) {
    console.log(`  --${name.padEnd(16)} ${values[name as OptionName].padEnd(13)} ${meaning}`);
  }
}

interface BillNotes {
  /** Poll loops of each proxy. */
  readonly loops: number;
  /** MiB that one change sends to all proxies together. */
  readonly perChange: number;
  readonly advice: readonly string[];
}

function printBill(
  seconds: number,
  { lines, pollsPerMonth, total }: MonthlyCost,
  { loops, perChange, advice }: BillNotes,
): void {
  const rows = lines.map(({ item, quantity, unit, dollars }) => [item, figure(quantity), unit, money(dollars)]);
  console.log(
    `\nRefresh ${seconds} s, ${loops} poll loops a proxy: ${figure(pollsPerMonth / 1_000_000)} million polls a month`,
  );
  console.log(
    table([['a month', 'quantity', 'unit', 'cost'], ...rows, ['together', '', '', money(total)]], {
      drawHorizontalLine: (line, count) => line === 1 || line === count - 1,
      columns: { 1: { alignment: 'right' }, 3: { alignment: 'right' } },
    }),
  );
  const { dollars, per } = PRICES.dataOutGb;
  console.log(
    `Not in it: data out, ${figure(perChange)} MB for each change to all proxies ($${dollars} per ${per}), logs, storage.`,
  );
  for (const sentence of advice) console.log(sentence);
}

interface ReadValues {
  readonly values: Values;
  readonly json: boolean;
  readonly refreshes: readonly number[];
  readonly assumed: CostAssumptions;
}

function readValues(args: readonly string[]): ReadValues | undefined {
  try {
    const strings = Object.entries(OPTIONS).map(
      ([name, option]) => [name, { type: 'string', default: option.default }] as const,
    );
    const options = { ...Object.fromEntries(strings), json: { type: 'boolean', default: false } } as const;
    const { json, ...rest } = parseArgs({ args: [...args], options }).values;
    const values = rest as Values;
    const refreshes = values.refresh.split(',').map(Number);
    const { proxies, services, views, instances } = shapeOf(values);
    const assumed = assumptionsOf(values);
    const counts = [proxies, services, views, instances];
    const amounts = [
      ...refreshes,
      assumed.memoryMb,
      assumed.changesPerDay + 1,
      assumed.invokeMs + 1,
      assumed.dynamoMs + 1,
    ];
    if (!counts.every((count) => Number.isInteger(count) && count > 0)) return undefined;
    if (![...amounts, assumed.s3Ms + 1].every((amount) => amount > 0)) return undefined;
    return { values, json: json === true, refreshes, assumed };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function shapeOf(values: Values): Omit<FleetShape, 'refreshMs'> {
  return {
    proxies: Number(values.proxies),
    services: Number(values.services),
    views: Number(values.views),
    instances: Number(values.instances),
  };
}

function assumptionsOf(values: Values): CostAssumptions {
  const frontDoor = values['front-door'];
  if (frontDoor !== 'function-url' && frontDoor !== 'http-api') throw new Error(`no such front door: ${frontDoor}`);
  return {
    changesPerDay: Number(values['changes-per-day']),
    frontDoor,
    memoryMb: Number(values['memory-mb']),
    invokeMs: Number(values['invoke-ms']),
    dynamoMs: Number(values['dynamo-ms']),
    s3Ms: Number(values['s3-ms']),
  };
}
