import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { tempDir } from '../support/temp-dir.ts';

const store = new URL('../../lib/adapters/sqlite/sqlite-store.ts', import.meta.url).href;

/** Opens the directory, says how that went, and holds it until its standard input ends. */
const program = `
  import { openSqliteStore } from ${JSON.stringify(store)};
  try {
    openSqliteStore(process.argv[1]);
    console.log('opened');
  } catch (error) { console.log(error.code); }
  process.stdin.resume();`;

test('of five processes that start at once on a new directory exactly one opens it', async (t) => {
  const directory = tempDir();
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program, directory.path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  t.after(async () => {
    await Promise.all(children.map((child) => (child.stdin.end(), once(child, 'exit'))));
    directory.remove();
  });
  const said = await Promise.all(
    children.map(async (child) => {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return line.toString().trim();
    }),
  );
  assert.deepEqual(said.sort(), [...Array<string>(4).fill('DATA_DIRECTORY_IN_USE'), 'opened']);
});
