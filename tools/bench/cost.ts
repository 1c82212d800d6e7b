import type { FleetCosts, FleetShape } from './fleet.ts';
import { PRICES, type Price } from './prices.ts';
import type { StoreTally } from './tallied-store.ts';

/** What the arithmetic takes for granted beside what was measured; every one is an option of the command. */
export interface CostAssumptions {
  readonly changesPerDay: number;
  readonly frontDoor: 'function-url' | 'http-api';
  /** Of the functions; Lambda gives one vCPU for 1,769 MB, and Node answers polls on one at most. */
  readonly memoryMb: number;
  /** What the runtime of the function adds to each invocation. */
  readonly invokeMs: number;
  readonly dynamoMs: number;
  readonly s3Ms: number;
}

/** One line of the bill: so many of the unit in a month, and what they cost. */
export interface CostLine {
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly dollars: number;
}

export interface MonthlyCost {
  readonly lines: readonly CostLine[];
  readonly pollsPerMonth: number;
  /** Of the lines, what answering polls costs: requests, time and front door. */
  readonly answeringPolls: number;
  readonly total: number;
}

const MINUTES = 730 * 60;
const DAYS = 730 / 24;
const MILLION = 1_000_000;
const MB_PER_VCPU = 1_769;

/** The bill of a month for the fleet that was played. */
export function monthlyCost(costs: FleetCosts, assumed: CostAssumptions): MonthlyCost {
  const { quietMinute: quiet, change } = costs;
  const [polls, changes] = [quiet.polls * MINUTES, assumed.changesPerDay * DAYS];
  const perMonth = (read: (tally: StoreTally) => number): number =>
    read(quiet.tally) * MINUTES + read(change.tally) * changes;
  const answering = answeringLines(costs, polls, assumed);
  const changeSeconds = changes * gbSeconds(changeMs(costs, assumed), assumed);
  const lines = [
    ...answering,
    line('changes: apply, build, publish, extra work of polls', changeSeconds, PRICES.lambdaGbSecond),
    line(
      'DynamoDB reads',
      perMonth(({ readUnits }) => readUnits),
      PRICES.dynamoReadUnit,
    ),
    line(
      'DynamoDB writes',
      perMonth(({ writeUnits }) => writeUnits),
      PRICES.dynamoWriteUnit,
    ),
    line(
      'S3 reads',
      perMonth(({ blobReads }) => blobReads),
      PRICES.s3Get,
    ),
    line(
      'S3 writes',
      perMonth(({ blobWrites }) => blobWrites),
      PRICES.s3Put,
    ),
  ];
  const sum = (some: readonly CostLine[]): number => some.reduce((dollars, each) => dollars + each.dollars, 0);
  return { lines, pollsPerMonth: polls, answeringPolls: sum(answering), total: sum(lines) };
}

function answeringLines(
  { quietMinute: { polls: played, cpuMs, tally } }: FleetCosts,
  polls: number,
  assumed: CostAssumptions,
): readonly CostLine[] {
  const waits = (tally.recordReads + tally.recordWrites) * assumed.dynamoMs + tally.blobReads * assumed.s3Ms;
  const pollMs = Math.ceil((inFunction(cpuMs, assumed) + waits) / played + assumed.invokeMs);
  return [
    line('poll invocations', polls, PRICES.lambdaRequest),
    line(`poll time, ${pollMs} ms each`, polls * gbSeconds(pollMs, assumed), PRICES.lambdaGbSecond),
    ...(assumed.frontDoor === 'http-api' ? [line('HTTP API in front of polls', polls, PRICES.httpApiRequest)] : []),
  ];
}

/** Store calls one after the other, which is more than it takes: many of them run side by side. */
function changeMs({ change }: FleetCosts, assumed: CostAssumptions): number {
  const { recordReads, recordWrites, blobReads, blobWrites } = change.tally;
  const cpuMs = change.applyCpuMs + change.buildCpuMs + change.cpuMs;
  const waits = (recordReads + recordWrites) * assumed.dynamoMs + (blobReads + blobWrites) * assumed.s3Ms;
  return inFunction(cpuMs, assumed) + waits;
}

function line(item: string, amount: number, { dollars, per }: Price): CostLine {
  return { item, quantity: amount / MILLION, unit: per, dollars: (amount / MILLION) * dollars };
}

const gbSeconds = (ms: number, { memoryMb }: CostAssumptions): number => (ms / 1000) * (memoryMb / 1024);

const inFunction = (cpuMs: number, { memoryMb }: CostAssumptions): number =>
  cpuMs / Math.min(1, memoryMb / MB_PER_VCPU);

/** Size of one long-lived task that answers polls; two of them, so that one may fail. */
const TASK = { vcpu: 0.25, gb: 0.5, least: 2, busy: 0.6 } as const;

/** The same polls answered by long-lived processes behind a load balancer. */
function processCost({ quietMinute: { cpuMs } }: FleetCosts): {
  readonly tasks: number;
  readonly dollars: number;
} {
  const vcpus = cpuMs / 60_000;
  const tasks = Math.max(TASK.least, Math.ceil(vcpus / (TASK.vcpu * TASK.busy)));
  const hourly = tasks * (TASK.vcpu * PRICES.fargateVcpuHour.dollars + TASK.gb * PRICES.fargateGbHour.dollars);
  // One capacity unit has 3,000 connections, which stay open, and 1 GB in an hour: far more than unchanged polls of a task need.
  const balancer = PRICES.loadBalancerHour.dollars + tasks * PRICES.loadBalancerUnitHour.dollars;
  return { tasks, dollars: (hourly + balancer) * 730 };
}

/** The same polls answered by an HTTP cache, which asks the functions once for each view, loop and refresh time. */
function edgeCost(cost: MonthlyCost, { views, proxies }: Pick<FleetShape, 'views' | 'proxies'>): number {
  const toOrigin = cost.answeringPolls * Math.min(1, views / proxies);
  return (cost.pollsPerMonth / MILLION) * PRICES.cloudFrontRequest.dollars + toOrigin;
}

/** What should answer polls, in words. */
export function costAdvice(costs: FleetCosts, shape: FleetShape, cost: MonthlyCost): readonly string[] {
  const byProcess = processCost(costs);
  const byEdge = edgeCost(cost, shape);
  const perProxy = cost.answeringPolls / shape.proxies;
  const from = Math.ceil(processCost({ ...costs, quietMinute: { ...costs.quietMinute, cpuMs: 0 } }).dollars / perProxy);
  const largest = cost.lines.reduce((most, each) => (each.dollars > most.dollars ? each : most));
  const verdict = (dollars: number): string => (dollars < cost.answeringPolls ? 'cheaper' : 'dearer');
  return [
    `The largest item is ${largest.item}, ${money(largest.dollars)} of ${money(cost.total)} a month. Nearly all polls are unchanged; to answer polls costs ${money(cost.answeringPolls)}, ${money((cost.answeringPolls / cost.pollsPerMonth) * MILLION)} for a million.`,
    `Answered by ${byProcess.tasks} long-lived processes (${TASK.vcpu} vCPU each) behind a load balancer they cost ${money(byProcess.dollars)}: ${verdict(byProcess.dollars)} than Lambda. That is so from about ${from.toLocaleString('en-US')} proxies on that poll like these, and the store is read less too.`,
    `Answered by an edge cache, for proxies that poll with GET, they cost ${money(byEdge)}: ${verdict(byEdge)} than Lambda, with ${shape.proxies} proxies in ${shape.views} views.`,
    'A changed poll, an apply and a build are few: Lambda is the right place for them at any size.',
  ];
}

export const money = (dollars: number): string =>
  `$${dollars.toLocaleString('en-US', { maximumFractionDigits: dollars < 10 ? 2 : 0 })}`;
