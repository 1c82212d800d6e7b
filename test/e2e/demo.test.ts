import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type GuardedProcess, startGuarded } from '../../tools/support/guarded-process.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { need } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';

const needsEnvoy = await need('envoy');

interface Demo {
  readonly process: GuardedProcess;
  /** Fails when anything that the demo started still runs, or lies about in the directory for temporary files. */
  readonly nothingIsLeft: () => Promise<void>;
}

/** Starts the demo with a mark in its environment, which everything that it starts inherits, and a place for its files. */
function startDemo(t: TestContext, program: string, ...args: readonly string[]): Demo {
  const directory = tempDir();
  const mark = `PILOTLESS_DEMO_RUN=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  // As in a CI, where some programs print colours into pipes.
  const env = { CI: 'true', TMPDIR: directory.path, [name]: value };
  const started = startGuarded({ program, args, cwd: repositoryRoot, env });
  t.after(async () => {
    await started.stop();
    directory.remove();
  });
  return {
    process: started,
    nothingIsLeft: () => {
      const left = (): readonly string[] => [
        ...commandsWith(mark),
        ...readdirSync(directory.path).filter((name) => name.startsWith('pilotless-')),
      ];
      const detail = (): string => left().join('\n');
      return waitUntil(() => left().length === 0, { what: 'nothing is left', timeoutMs: 5_000, detail });
    },
  };
}

/** The command lines of all processes of this machine with that setting in their environment. */
function commandsWith(setting: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(join('/proc', pid, 'environ'), 'utf8').split('\0');
      return environment.includes(setting) ? [readFileSync(join('/proc', pid, 'cmdline'), 'utf8')] : [];
    } catch {
      return []; // no process, one of another user, or one that has ended meanwhile
    }
  });
}

interface Row {
  readonly phase: string;
  readonly v1: number;
  readonly v2: number;
  readonly failed: number;
}

function rowsIn(output: string): readonly Row[] {
  return [...output.matchAll(/^ {2}(\S.*?) +v1 +(\d+) {3}v2 +(\d+) {3}failed (\d+)$/gm)].map(
    ([, phase = '', v1, v2, failed]) => ({ phase, v1: Number(v1), v2: Number(v2), failed: Number(failed) }),
  );
}

test(
  'npm run demo shifts a canary through real Envoys without a failed request, and leaves nothing',
  {
    ...needsEnvoy,
    timeout: 180_000,
  },
  async (t) => {
    const demo = startDemo(t, 'npm', 'run', '--silent', 'demo');
    const code = await demo.process.exited;
    const output = demo.process.output();
    t.diagnostic(output);
    assert.equal(code, 0, output);
    await demo.nothingIsLeft();
    assert.ok(!output.includes('\u001b'), 'lines in a pipe are plain');

    const rows = rowsIn(output);
    const phases = [10, 50, 100].flatMap((share) => [`on the way to ${share} %`, `${share} % to v2`]);
    assert.deepEqual(
      rows.map(({ phase }) => phase),
      [...phases, 'the rest'],
    );
    const shareOf = (phase: string): number => {
      const { v1 = 0, v2 = 0 } = rows.find((row) => row.phase === phase) ?? {};
      assert.ok(v1 + v2 >= 200, `${phase}: only ${v1 + v2} requests`);
      return v2 / (v1 + v2);
    };
    // Four standard deviations of 200 requests and more: chance makes this fail once in many thousand runs.
    assert.ok(Math.abs(shareOf('10 % to v2') - 0.1) < 0.09, output);
    assert.ok(Math.abs(shareOf('50 % to v2') - 0.5) < 0.15, output);
    assert.equal(shareOf('100 % to v2'), 1);
    assert.ok(rows.every(({ failed }) => failed === 0));

    const sum = rows.reduce((requests, { v1, v2 }) => requests + v1 + v2, 0);
    assert.match(output, new RegExp(`^\\* ${sum} requests through gateway and sidecars, none failed$`, 'm'));
    for (const proxy of ['gateway-1.edge', 'frontend-1.shop', 'reviews-1.reviews']) {
      assert.match(output, new RegExp(`^${proxy.replace('.', '\\.')} +(SYNCED +){4}`, 'm'));
    }
  },
);

test('a demo that is interrupted leaves nothing either', { ...needsEnvoy, timeout: 120_000 }, async (t) => {
  const demo = startDemo(t, process.execPath, join(repositoryRoot, 'tools', 'demo.ts'));
  await waitUntil(() => demo.process.output().includes('are SYNCED at revision 1') || !demo.process.isRunning(), {
    what: 'the proxies are synced',
    timeoutMs: 60_000,
    detail: demo.process.output,
  });
  await demo.process.stop();
  assert.equal(await demo.process.exited, 143, demo.process.output());
  await demo.nothingIsLeft();
});
