import { readFileSync } from 'node:fs';
import { median } from '../../lib/base/median.ts';

/** Turns that do not count, in which the runtime compiles what is hot. */
export const WARM_UP = 2;

/**
 * Processor time that one call of each takes, all threads of this process, in milliseconds: medians of turns in which every one
 * is called once, so that what else the machine does hits them alike.
 */
export function cpuMsInTurns<Name extends string>(
  iterations: number,
  calls: Readonly<Record<Name, () => unknown>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(calls) as Name[];
  const turns = Array.from({ length: WARM_UP + iterations }, () =>
    names.map((name) => {
      const before = process.cpuUsage();
      calls[name]();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }),
  ).slice(WARM_UP);
  const medians = names.map((name, index) => [name, median(turns.map((turn) => turn[index] ?? Number.NaN))]);
  return Object.fromEntries(medians) as Record<Name, number>;
}

/** Processor time of this process, all threads, until the call is done, in milliseconds. */
export async function cpuMsOfCall(call: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Processor time that a process has used so far, user and system, in milliseconds. Linux only: reads /proc. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 10; // the kernel counts in hundredths of a second for every program
}

/** The smallest of the values that so many percent of them do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

/** Four significant figures at most, without an exponent. */
export const figure = (value: number): string =>
  Number.isNaN(value) ? '-' : Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 4 });
