import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleEntries } from '../../../tools/build/entries.ts';

const texts: Readonly<Record<string, string>> = {
  'functions/xds.ts': 'export const handler = 1;\n',
  'functions/publish.ts': 'export async function handler() {}\n',
  'functions/cloud.ts': 'export function cloud() { const handler = 1; }\n',
  'lib/control/a.ts': 'export const handler = 1;\n',
  'lib/cli/main.ts': 'export const main = 1;\n',
};

test('Lambdas are the functions that export a handler; the command line is bundled once it exists', () => {
  const read = (path: string): string => texts[path] ?? '';
  const names = bundleEntries(Object.keys(texts), read).map(({ name, target }) => [name, target]);
  assert.deepEqual(names, [
    ['xds', 'dist/functions/xds/index.mjs'],
    ['publish', 'dist/functions/publish/index.mjs'],
    ['cli', 'dist/cli/main.mjs'],
  ]);
  assert.deepEqual(bundleEntries(['lib/control/a.ts'], read), []);
});
