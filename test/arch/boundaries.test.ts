import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cruiseImports, unreadModules } from '../../tools/checks/import-table.ts';
import { repositoryFiles, repositoryRoot } from '../../tools/support/repository.ts';
import { tempDir } from '../support/temp-dir.ts';

test('every module of the repository is read and keeps to the import table', async () => {
  const cruised = await cruiseImports(repositoryRoot);
  assert.deepEqual(unreadModules(cruised, repositoryFiles()), []);
  assert.ok(cruised.modules.length > 0, 'no module was read');
  assert.deepEqual(cruised.violations, []);
});

test('the guard names a module that was not read', () => {
  const cruised = { modules: ['lib/base/brand.ts'], violations: [] };
  assert.deepEqual(unreadModules(cruised, ['lib/base/brand.ts', 'lib/base/labels.ts', 'README.md']), [
    'lib/base/labels.ts',
  ]);
});

const target = { 'lib/world/world.ts': 'export const world = 1;\n', 'lib/view/view.ts': 'export const view = 1;\n' };
const resource = { 'lib/resources/kind.ts': 'export const kind = 1;\nexport type Kind = string;\n' };

const planted: readonly (readonly [what: string, files: Record<string, string>, expected: readonly string[]])[] = [
  [
    'compile that imports world',
    { ...target, 'lib/compile/a.ts': "import { world } from '../world/world.ts';\nexport const a = world;\n" },
    ['compile-imports-only-its-row: lib/compile/a.ts → lib/world/world.ts'],
  ],
  [
    'compile that imports a type of world',
    { 'lib/world/w.ts': 'export type W = 1;\n', 'lib/compile/a.ts': "export type { W } from '../world/w.ts';\n" },
    ['compile-imports-only-its-row: lib/compile/a.ts → lib/world/w.ts'],
  ],
  [
    'compile that imports a value of resources',
    { ...resource, 'lib/compile/a.ts': "import { kind } from '../resources/kind.ts';\nexport const a = kind;\n" },
    ['compile-imports-resources-as-types: lib/compile/a.ts → lib/resources/kind.ts'],
  ],
  [
    'compile that imports a type of resources',
    { ...resource, 'lib/compile/a.ts': "import type { Kind } from '../resources/kind.ts';\nexport type A = Kind;\n" },
    [],
  ],
  [
    'envoy that imports view',
    { ...target, 'lib/envoy/a.ts': "import { view } from '../view/view.ts';\nexport const a = view;\n" },
    ['envoy-imports-only-its-row: lib/envoy/a.ts → lib/view/view.ts'],
  ],
  [
    'a folder without a row',
    { ...target, 'lib/extra/a.ts': "import { view } from '../view/view.ts';\nexport const a = view;\n" },
    ['every-lib-folder-has-a-row: lib/extra/a.ts → lib/view/view.ts'],
  ],
  [
    'a table of verbs that loads one at once',
    {
      'lib/cli/get.ts': 'export const get = 1;\n',
      'lib/cli/put.ts': 'export const put = 1;\n',
      'lib/cli/verbs.ts':
        "import { get } from './get.ts';\nexport const verbs = [get, async () => (await import('./put.ts')).put];\n",
    },
    ['a-verb-is-loaded-when-it-is-called: lib/cli/verbs.ts → lib/cli/get.ts'],
  ],
  [
    'a pure stage that reads files',
    { 'lib/view/a.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n" },
    ['no-node-core-in-the-line: lib/view/a.ts → fs'],
  ],
  [
    'a cycle',
    {
      'lib/base/a.ts': "import { b } from './b.ts';\nexport const a = (): number => b();\n",
      'lib/base/b.ts': "import { a } from './a.ts';\nexport const b = (): number => a();\n",
    },
    ['no-cycles: lib/base/a.ts → lib/base/b.ts'],
  ],
  [
    'a product that imports test',
    { 'test/support/a.ts': 'export const a = 1;\n', 'functions/f.ts': "export { a } from '../test/support/a.ts';\n" },
    ['nothing-imports-test: functions/f.ts → test/support/a.ts'],
  ],
  [
    'a file that nothing reaches',
    {
      ...target,
      'lib/view/near.ts': "export { view } from './view.ts';\n",
      'functions/f.ts': "export { world } from '../lib/adapters/a.ts';\n",
      'lib/adapters/a.ts': 'export const world = 1;\n',
      'test/unit/t.test.ts': "import '../../lib/view/near.ts';\n",
    },
    ['every-lib-file-is-reachable: lib/world/world.ts → lib/world/world.ts'],
  ],
  [
    'a path with a typo',
    { 'lib/base/a.ts': "export { b } from './bb.ts';\n" },
    ['imports-resolve: lib/base/a.ts → ./bb.ts'],
  ],
];

for (const [what, files, expected] of planted) {
  test(`import table: ${what} gives ${expected.length === 0 ? 'no error' : 'a named error'}`, async (t) => {
    const tree = tempDir({ 'package.json': '{"type":"module"}', ...files });
    t.after(tree.remove);
    const { violations } = await cruiseImports(tree.path);
    assert.deepEqual([...violations].sort(), expected);
  });
}
