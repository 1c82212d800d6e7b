// npm run build: bundles every Lambda and the command line into dist/ and prints how large each is.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { table } from 'table';
import { bundle } from './build/bundle.ts';
import { bundleEntries } from './build/entries.ts';
import { repositoryFiles, repositoryRoot } from './support/repository.ts';

const entries = bundleEntries(repositoryFiles(), (path) => readFileSync(join(repositoryRoot, path), 'utf8'));
if (entries.length === 0) {
  console.error('nothing to build: no file of functions/ exports a handler, and there is no lib/cli/main.ts');
  process.exit(1);
}

rmSync(join(repositoryRoot, 'dist'), { recursive: true, force: true });
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`;
const rows = await Promise.all(
  entries.map(async (entry) => {
    const { minified, gzipped } = await bundle(repositoryRoot, entry);
    return [entry.name, kilobytes(minified), kilobytes(gzipped), entry.target];
  }),
);
console.log(
  table([['bundle', 'minified', 'gzipped', 'file'], ...rows], {
    columns: { 1: { alignment: 'right' }, 2: { alignment: 'right' } },
    drawHorizontalLine: (line, lines) => line < 2 || line === lines,
  }),
);
