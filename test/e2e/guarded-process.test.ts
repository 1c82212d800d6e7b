import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { startGuarded } from '../../tools/support/guarded-process.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';

/** Prints its own process id and stays until it is ended. */
const sleeper = ['-c', 'echo "pid $$"; exec sleep 600'];
/** The same, deaf to SIGTERM. */
const deaf = ['-c', 'trap "" TERM; echo "pid $$"; while :; do sleep 600; done'];

test('the output and the exit code of a guarded process are those of the program', async () => {
  const guarded = startGuarded({ program: 'sh', args: ['-c', 'echo out; echo err >&2; exit 7'] });
  assert.equal(await guarded.exited, 7);
  assert.match(guarded.output(), /out[^]*err|err[^]*out/);
  assert.equal(guarded.isRunning(), false);
});

test('a program that does not exist ends with an error and a message', async () => {
  const guarded = startGuarded({ program: 'no-such-program', args: [] });
  assert.equal(await guarded.exited, 127);
  assert.match(guarded.output(), /no-such-program/);
});

test('stop ends the program and waits until it is gone', async () => {
  const guarded = startGuarded({ program: 'sh', args: sleeper });
  const pid = await pidIn(guarded.output);
  await guarded.stop();
  assert.equal(isAlive(pid), false);
});

test('stop kills a program that does not listen', { timeout: 30_000 }, async () => {
  const guarded = startGuarded({ program: 'sh', args: deaf });
  const pid = await pidIn(guarded.output);
  await guarded.stop();
  await waitUntil(() => !isAlive(pid), { what: 'the program is gone', timeoutMs: 5_000 });
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a guarded process ends when its parent dies of ${signal}`, async (t) => {
    const module = new URL('../../tools/support/guarded-process.ts', import.meta.url).href;
    const script = `
      const { startGuarded } = await import(${JSON.stringify(module)});
      const guarded = startGuarded({ program: 'sh', args: ${JSON.stringify(sleeper)} });
      setInterval(() => process.stdout.write(guarded.output()), 20);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => parent.kill('SIGKILL'));
    let output = '';
    parent.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const pid = await pidIn(() => output);
    assert.equal(isAlive(pid), true);
    parent.kill(signal);
    await waitUntil(() => !isAlive(pid), { what: 'the program is gone', timeoutMs: 10_000 });
  });
}

async function pidIn(output: () => string): Promise<number> {
  await waitUntil(() => /pid \d+/.test(output()), { what: 'the program says its id', timeoutMs: 10_000 });
  return Number(/pid (\d+)/.exec(output())?.[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: there is no such process
  }
}
