// npm run soak: the tests that take minutes, each with many more rounds than in `npm test`, one after another.
// npm run soak -- flips: only those whose name holds the word. PILOTLESS_SEED repeats a run.
import { spawn } from 'node:child_process';
import { fetchProgram } from './fetch/fetch-program.ts';
import { programNames, programs } from './fetch/programs.ts';
import { repositoryRoot } from './support/repository.ts';

/** One test that is worth running for longer, and what makes it longer. */
interface Soak {
  readonly name: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

const soaks: readonly Soak[] = [
  { name: 'flips', file: 'test/e2e/flips.test.ts', env: { PILOTLESS_FLIPS: '500' } },
  { name: 'make-before-break', file: 'test/property/make-before-break.test.ts', env: { PILOTLESS_RUNS: '10000' } },
  { name: 'service-under-faults', file: 'test/fault/service-simulation.test.ts', env: { FAULT_SCHEDULES: '20000' } },
  { name: 'bad-input', file: 'test/fault/bad-input.test.ts', env: { FUZZ_ROUNDS: '3000' } },
];

const [word = ''] = process.argv.slice(2);
const chosen = soaks.filter(({ name }) => name.includes(word));
const seed = process.env['PILOTLESS_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
for (const name of programNames) if (programs[name].neededBy === 'tests') await fetchProgram(name);

let failed = 0;
for (const soak of chosen) {
  console.log(`${soak.name} (PILOTLESS_SEED=${seed})`);
  if ((await run(soak)) !== 0) failed += 1;
}
console.log(`\n${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;

function run({ file, env }: Soak): Promise<number> {
  const child = spawn(process.execPath, ['--test', file], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: { ...process.env, PILOTLESS_SEED: seed, ...env },
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1)).on('exit', (code) => resolve(code ?? 1));
  });
}
