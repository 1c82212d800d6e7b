import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { startGuarded, type GuardedProcess } from '../support/guarded-process.ts';
import { startEnvoy, type RunningEnvoy } from '../support/start-envoy.ts';
import { waitUntil } from '../support/wait-until.ts';

const cli = join(repositoryRoot, 'bin', 'pilotless.mjs');

/** Runs one verb of the command line as a user would; answers what it printed, throws what it complained about. */
export function pilotless(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`pilotless ${args.join(' ')}\n${stdout}${stderr}`, { cause: error }));
      },
    );
    child.stdin?.end(input);
  });
}

export interface RunningService {
  readonly url: string;
  readonly process: GuardedProcess;
}

/** Starts `pilotless serve` on a free port and waits until it says that it is ready. */
export async function startService(dataDirectory: string): Promise<RunningService> {
  const service = startGuarded({
    program: process.execPath,
    args: [cli, 'serve', '--port', '0', '--data', dataDirectory],
  });
  const url = (): string | undefined => /^ready (http:\S+)/m.exec(service.output())?.[1];
  await waitUntil(() => url() !== undefined || !service.isRunning(), {
    what: 'the service is ready',
    timeoutMs: 30_000,
    detail: service.output,
  });
  const found = url();
  if (found === undefined) throw new Error(`the service ended at once:\n${service.output()}`);
  return { url: found, process: service };
}

/** Starts a real Envoy from what `pilotless bootstrap` prints; `flags` say who the proxy is. */
export async function startProxy(serverUrl: string, flags: readonly string[]): Promise<RunningEnvoy> {
  const bootstrap = await pilotless([
    'bootstrap',
    '--server',
    serverUrl,
    '--refresh',
    '1s',
    '--ip',
    '127.0.0.1',
    ...flags,
  ]);
  return startEnvoy({ bootstrap: JSON.parse(bootstrap) as object });
}

/** The example's documents, with each of its port numbers replaced by one that is free on this machine. */
export function exampleDocuments(ports: ReadonlyMap<number, number>): Readonly<Record<string, string>> {
  const folder = join(repositoryRoot, 'examples', 'bookshop');
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const replaced = (text: string): string =>
    text.replaceAll(/\b\d{4}\b/g, (number) => String(ports.get(Number(number)) ?? number));
  return Object.fromEntries(names.map((name) => [name, replaced(readFileSync(join(folder, name), 'utf8'))]));
}
