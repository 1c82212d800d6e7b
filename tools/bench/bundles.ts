import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../build/bundle.ts';
import { bundleEntries } from '../build/entries.ts';
import { repositoryFiles, repositoryRoot } from '../support/repository.ts';
import type { BenchRow } from './row.ts';
import { startRow } from './starts.ts';

/** Size of each function's bundle, as `npm run build` makes it, and what it costs a fresh process to import it. */
export async function bundleRows(): Promise<readonly BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-bundles-'));
  try {
    const entries = bundleEntries(repositoryFiles(), (path) => readFileSync(join(repositoryRoot, path), 'utf8'));
    const rows: BenchRow[] = [];
    for (const entry of entries.filter(({ name }) => name !== 'cli')) {
      const file = join(directory, `${entry.name}.mjs`);
      const { minified, gzipped } = await bundle(repositoryRoot, { ...entry, target: file });
      rows.push(sizeRow(`bundle ${entry.name}`, minified), sizeRow(`bundle ${entry.name}, gzipped`, gzipped));
      // Ends at once, so that nothing which the bundle keeps open is waited for.
      const statement = `await import(${JSON.stringify(file)}); process.exit(0)`;
      rows.push(startRow(`cold import ${entry.name}`, ['--input-type=module', '-e', statement]));
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
