import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../../lib/base/median.ts';
import { bundle } from '../build/bundle.ts';
import { bundleEntries } from '../build/entries.ts';
import { repositoryFiles, repositoryRoot } from '../support/repository.ts';
import type { BenchRow } from './row.ts';

const STARTS = 11;

/** Size of each function's bundle and what it costs a fresh process to import it, beside a process that imports nothing. */
export async function bundleRows(): Promise<readonly BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-bundles-'));
  try {
    const entries = bundleEntries(repositoryFiles(), (path) => readFileSync(join(repositoryRoot, path), 'utf8'));
    const rows: BenchRow[] = [];
    for (const entry of entries.filter(({ name }) => name !== 'cli')) {
      const file = join(directory, `${entry.name}.mjs`);
      const { minified, gzipped } = await bundle(repositoryRoot, { ...entry, target: file });
      rows.push(sizeRow(`bundle ${entry.name}`, minified), sizeRow(`bundle ${entry.name}, gzipped`, gzipped));
      rows.push({
        bench: `cold import ${entry.name}`,
        services: 0,
        unit: 'ms CPU',
        value: startMs(`await import(${JSON.stringify(file)})`),
        floor: startMs('0'),
        floorIs: 'an empty Node process',
      });
    }
    return rows;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const sizeRow = (bench: string, bytes: number): BenchRow => ({
  bench,
  services: 0,
  unit: 'KB',
  value: bytes / 1024,
  floor: undefined,
  floorIs: '',
});

/** Processor time of a whole process that runs one statement, in milliseconds: the median of several. */
function startMs(statement: string): number {
  // Reads its own clock last, so that the figure holds all that came before; exits at once, so that open handles do not wait.
  const script = `${statement}; const { user, system } = process.cpuUsage(); console.log((user + system) / 1000); process.exit(0)`;
  const times = Array.from({ length: STARTS }, () => {
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`the bundle does not start:\n${done.stderr}`);
    return Number(done.stdout);
  });
  return median(times);
}
