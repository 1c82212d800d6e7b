// npm run soak: the tests that take minutes, each with many more rounds than in `npm test`, one after another.
// npm run soak -- flips: only those whose name holds the word; npm run soak -- flips --rounds 50: with so many rounds.
// PILOTLESS_SEED repeats a run.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { fetchProgram } from './fetch/fetch-program.ts';
import { programNames, programs } from './fetch/programs.ts';
import { repositoryRoot } from './support/repository.ts';

/** A test that is worth running for longer, and the variable that makes it longer. */
interface Soak {
  readonly name: string;
  readonly files: readonly string[];
  readonly variable: string;
  readonly rounds: number;
}

const soaks: readonly Soak[] = [
  { name: 'flips', files: ['test/e2e/flips.test.ts'], variable: 'PILOTLESS_FLIPS', rounds: 500 },
  { name: 'rotations', files: ['test/e2e/gateway-tls.test.ts'], variable: 'PILOTLESS_ROTATIONS', rounds: 200 },
  ...[
    { name: 'make-before-break', files: ['test/property/make-before-break.test.ts'], rounds: 10_000 },
    { name: 'order-between-processes', files: ['test/fault/order-between-processes.test.ts'], rounds: 1_000 },
  ].map((soak) => ({ ...soak, variable: 'PILOTLESS_RUNS' })),
  ...[
    {
      name: 'delivery-under-faults',
      files: [1, 2, 3, 4, 5, 6].map((part) => `test/fault/delivery-simulation-${part}.test.ts`),
      rounds: 50_000,
    },
    { name: 'service-under-faults', files: ['test/fault/service-simulation.test.ts'], rounds: 10_000 },
    { name: 'applies-under-faults', files: ['test/fault/apply-simulation.test.ts'], rounds: 10_000 },
    { name: 'shards-under-faults', files: ['test/fault/sharded-builds.test.ts'], rounds: 2_000 },
    { name: 'sweeps-under-faults', files: ['test/fault/sweep.test.ts'], rounds: 2_000 },
  ].map((soak) => ({ ...soak, variable: 'FAULT_SCHEDULES' })),
  { name: 'bad-input', files: ['test/fault/bad-input.test.ts'], variable: 'FUZZ_ROUNDS', rounds: 3_000 },
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
const [word = ''] = positionals;
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

function run({ files, variable, rounds }: Soak): Promise<number> {
  const child = spawn(process.execPath, ['--test', ...files], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: { ...process.env, PILOTLESS_SEED: seed, [variable]: values.rounds ?? String(rounds) },
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1)).on('exit', (code) => resolve(code ?? 1));
  });
}
