import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from '../../tools/support/free-port.ts';
import { startGuarded } from '../../tools/support/guarded-process.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { type ProgramResult, runProgram } from '../../tools/support/run-program.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { backends } from '../support/backends.ts';
import { need } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';

/**
 * One block of commands of the README. Its info string says how it is meant: `sh` must succeed, `sh background` is another
 * terminal, `sh eventually` must succeed sooner or later (a proxy polls), `sh fails` must be refused.
 */
interface Block {
  readonly mode: string;
  readonly commands: string;
}

const tour = blocksOf(readFileSync(join(repositoryRoot, 'README.md'), 'utf8').split('## Ten minutes')[1] ?? '');
const needsEnvoy = await need('envoy');

test('the README tour works as it stands', { ...needsEnvoy, timeout: 180_000 }, async (t) => {
  assert.ok(tour.length >= 10, `the tour has only ${tour.length} blocks`);
  await walk(t, tour);
});

const elsewhere = backends.filter(({ name }) => name !== 'SQLite'); // where the tour itself starts the service
for (const { name, programs, start } of elsewhere) {
  const needs = await need('envoy', ...programs);
  test(`the README tour works with a service on ${name}`, { ...needs, timeout: 180_000 }, async (t) => {
    const service = await start();
    t.after(() => service.stop());
    const rest = tour.filter(({ commands }) => !startsService(commands));
    assert.equal(rest.length, tour.length - 1);
    await walk(t, rest, { PILOTLESS_URL: service.url });
  });
}

/** Does what the blocks say, one after the other, as they mean it. */
async function walk(t: TestContext, blocks: readonly Block[], settings: Environment = {}): Promise<void> {
  const directory = tempDir();
  t.after(directory.remove);
  const here = await surroundings(directory.path);
  const env = { ...here.env, ...settings };
  for (const { mode, commands: written } of blocks) {
    t.diagnostic(`${mode || 'done'}: ${written.split('\n')[0] ?? ''}`);
    const commands = here.replace(written);
    if (mode === 'background') t.after(await inBackground(commands, env));
    else await inForeground(mode, commands, env);
  }
}

const startsService = (commands: string): boolean => commands.includes('npm start');

type Environment = Readonly<Record<string, string>>;

async function inForeground(mode: string, commands: string, env: Environment): Promise<void> {
  let last = await run(commands, env);
  const printed = (): string => `$ ${commands}\n${last.output}`;
  switch (mode) {
    case '':
      return assert.equal(last.code, 0, printed());
    case 'fails':
      assert.match(last.output, /^error: /m);
      return assert.equal(last.code, 1, printed());
    case 'eventually': {
      const succeeds = async (): Promise<boolean> => last.code === 0 || (last = await run(commands, env)).code === 0;
      return waitUntil(succeeds, { what: commands, timeoutMs: 30_000, detail: printed });
    }
    default:
      return assert.fail(`README.md has a block of unknown mode "${mode}"`);
  }
}

/** Runs commands while this process goes on: the service may be part of it. */
function run(commands: string, env: Environment): Promise<ProgramResult> {
  const args = ['-e', '-o', 'pipefail', '-c', commands];
  return runProgram('bash', args, { cwd: repositoryRoot, env, timeoutMs: 60_000 });
}

/** Starts commands as another terminal would; of the service it waits for the line that says it is ready. */
async function inBackground(commands: string, env: Environment): Promise<() => Promise<void>> {
  const started = startGuarded({ program: 'bash', args: ['-c', commands], cwd: repositoryRoot, env });
  if (startsService(commands)) {
    const isReady = (): boolean => started.output().includes('ready ');
    await waitUntil(isReady, { what: commands, timeoutMs: 30_000, detail: started.output });
  }
  return started.stop;
}

function blocksOf(markdown: string): readonly Block[] {
  const end = markdown.indexOf('\n## ');
  const section = end < 0 ? markdown : markdown.slice(0, end);
  return [...section.matchAll(/^```sh *(.*)\n([^]*?)^```/gm)].map(([, mode = '', commands = '']) => ({
    mode: mode.trim(),
    commands: commands.trim(),
  }));
}

interface Surroundings {
  readonly env: Environment;
  readonly replace: (commands: string) => string;
}

/** The same commands on free ports and in a directory of their own, so that a running service of the reader's is left alone. */
async function surroundings(directory: string): Promise<Surroundings> {
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const [data, examples] = [join(directory, 'data'), join(directory, 'hello')];
  mkdirSync(data);
  cpSync(join(repositoryRoot, 'examples', 'hello'), examples, { recursive: true });
  for (const name of readdirSync(examples)) {
    const file = join(examples, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('8000', String(gatewayPort)));
  }
  return {
    env: { PILOTLESS_PORT: String(port), PILOTLESS_URL: `http://127.0.0.1:${port}`, PILOTLESS_DATA: data },
    replace: (commands) =>
      commands
        .replaceAll('examples/hello', examples)
        .replaceAll('.pilotless/', `${data}/`)
        .replaceAll(':8000', `:${gatewayPort}`),
  };
}
