import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle } from '../../tools/build/bundle.ts';
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
