import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle } from '../../tools/build/bundle.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a bundle runs by itself, with what it imports inside, CommonJS and Node modules too', async (t) => {
  const tree = tempDir({
    'functions/greet.ts': `import { words } from '../lib/words.ts';
      export const handler = async (name: string): Promise<string> => words.greet(name);`,
    'lib/words.ts': `import old from './old.cjs';
      export class Words { greet(name: string): string { return old.join([Words.name, name]); } }
      export const words = new Words();`,
    'lib/old.cjs': `const { sep } = require('node:path'); exports.join = (parts) => parts.join(sep);`,
  });
  t.after(tree.remove);
  const target = 'dist/functions/greet/index.mjs';
  const size = await bundle(tree.path, { name: 'greet', source: 'functions/greet.ts', target });
  const file = join(tree.path, target);
  const { handler } = (await import(file)) as { handler: (name: string) => Promise<string> };
  assert.equal(await handler('world'), 'Words/world');
  assert.ok(existsSync(`${file}.map`));
  assert.ok(size.gzipped > 0 && size.gzipped < size.minified);
});

test('the discovery handler carries no schemas, no validation and no YAML: every cold start would pay for them', async (t) => {
  const tree = tempDir({});
  t.after(tree.remove);
  const target = join(tree.path, 'xds.mjs');
  const { inputs } = await bundle(repositoryRoot, { name: 'xds', source: 'functions/xds.ts', target });
  assert.ok(inputs.includes('lib/delivery/decide.ts'));
  const packages = new Set(inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
  assert.ok(packages.has('@aws-sdk/client-s3'));
  for (const name of ['zod', 'yaml', 're2js', 'hono', 'rfc6902']) assert.ok(!packages.has(name), name);
  const checks = inputs.filter((path) => /^lib\/(resources\/.*-(checks|spec)\.ts|control\/api\/|cli\/)/.test(path));
  assert.deepEqual(checks, []);
});

test('the function that serves the console has its files beside it, and the discovery handler has not', async (t) => {
  const tree = tempDir();
  t.after(tree.remove);
  for (const name of ['config-api', 'xds']) {
    await bundle(repositoryRoot, { name, source: `functions/${name}.ts`, target: join(tree.path, name, 'index.mjs') });
  }
  const files = readdirSync(join(repositoryRoot, 'lib/console')).sort();
  assert.deepEqual(readdirSync(join(tree.path, 'config-api/console')).sort(), files);
  assert.equal(existsSync(join(tree.path, 'xds/console')), false);
});
