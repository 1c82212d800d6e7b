import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../../lib/base/median.ts';
import { repositoryRoot } from '../support/repository.ts';
import type { BenchRow } from './row.ts';

const STARTS = 11;

/** What one run of the command line costs before it has done anything, beside a process that does nothing. */
export function startRows(): readonly BenchRow[] {
  const cli = join(repositoryRoot, 'bin', 'pilotless.mjs');
  return [['--version'], ['--help'], ['get', '--help'], ['render', '--help']].map((verb) =>
    startRow(`start pilotless ${verb.join(' ')}`, [cli, ...verb]),
  );
}

/** Processor time of fresh processes with these arguments of Node, all threads; the empty process takes turns with them. */
export function startRow(bench: string, args: readonly string[]): BenchRow {
  startCpuMs(args); // reads the files into the system's cache, and fills Node's
  const pairs = Array.from({ length: STARTS }, () => ({ ours: startCpuMs(args), empty: startCpuMs(['-e', '0']) }));
  return {
    bench,
    services: 0,
    unit: 'ms CPU',
    value: median(pairs.map(({ ours }) => ours)),
    floor: median(pairs.map(({ empty }) => empty)),
    floorIs: 'an empty Node process',
  };
}

/** Looks at the clock of its own process last of all. */
const REPORT = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write('cpu ' + (user + system) / 1000);
});`;

function startCpuMs(args: readonly string[]): number {
  const report = `data:text/javascript,${encodeURIComponent(REPORT)}`;
  const done = spawnSync(process.execPath, ['--import', report, ...args], { encoding: 'utf8' });
  const cpuMs = /cpu ([\d.]+)$/.exec(done.stderr)?.[1];
  if (done.status !== 0 || cpuMs === undefined) throw new Error(`node ${args.join(' ')} fails:\n${done.stderr}`);
  return Number(cpuMs);
}
