import { readFileSync } from 'node:fs';
import { median } from '../../lib/base/median.ts';

/** Milliseconds that one call takes, the median of several after two that do not count. */
export function medianMs(iterations: number, run: () => unknown): number {
  const times = Array.from({ length: iterations + 2 }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return median(times.slice(2));
}

/** Processor time that a process has used so far, user and system, in milliseconds. Linux only: reads /proc. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 10; // the kernel counts in hundredths of a second for every program
}

/** Four significant figures at most, without an exponent. */
export const figure = (value: number): string =>
  Number.isNaN(value) ? '-' : Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 4 });
