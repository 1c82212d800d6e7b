import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { deadExports } from '../../tools/checks/dead-exports.ts';
import { tempDir } from '../support/temp-dir.ts';

const tsconfig = JSON.stringify({
  compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true, noEmit: true },
  include: ['lib', 'functions'],
});

test('a planted dead export is found; an imported one, a local type and a handler are not', (t) => {
  const tree = tempDir({
    'tsconfig.json': tsconfig,
    'lib/base/words.ts': [
      'export interface Word { readonly text: string }',
      'export function wordOf(text: string): Word {',
      '  return { text };',
      '}',
      'export const unusedWord = wordOf("x");',
      'export type UnusedType = string;',
    ].join('\n'),
    'functions/say.ts':
      "import { wordOf } from '../lib/base/words.ts';\nexport const handler = () => wordOf('hello');\n",
  });
  t.after(tree.remove);
  assert.deepEqual(deadExports(join(tree.path, 'tsconfig.json')), [
    'lib/base/words.ts: UnusedType',
    'lib/base/words.ts: unusedWord',
  ]);
});

test('an export that only its own file calls is found', (t) => {
  const tree = tempDir({
    'tsconfig.json': tsconfig,
    'lib/base/a.ts': 'export const inner = () => 1;\nexport const outer = () => inner();\n',
    'functions/f.ts': "import { outer } from '../lib/base/a.ts';\nexport const handler = outer;\n",
  });
  t.after(tree.remove);
  assert.deepEqual(deadExports(join(tree.path, 'tsconfig.json')), ['lib/base/a.ts: inner']);
});
