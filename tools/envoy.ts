// npm run envoy -- ARGUMENTS: the real Envoy that the tests use, fetched if it is not there yet.
import { spawn } from 'node:child_process';
import { fetchedProgram, MissingProgram } from './fetch/fetch-program.ts';

try {
  const envoy = spawn(await fetchedProgram('envoy'), process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => envoy.kill(signal));
  envoy.on('exit', (code) => (process.exitCode = code ?? 1));
} catch (error) {
  if (!(error instanceof MissingProgram)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
