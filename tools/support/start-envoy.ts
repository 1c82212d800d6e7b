import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchedProgram } from '../fetch/fetch-program.ts';
import { startGuarded } from './guarded-process.ts';
import type { GuardedProcess } from './guarded-process.ts';
import { runProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

/** A real Envoy that this process started; it ends with this process. */
export interface RunningEnvoy {
  readonly adminPort: number;
  /** Resolves once it has its first configuration and serves (admin `/ready` answers LIVE). */
  readonly ready: (timeoutMs?: number) => Promise<void>;
  /** Counters and gauges whose name matches a regular expression. */
  readonly stats: (filter?: string) => Promise<Readonly<Record<string, number>>>;
  readonly configDump: () => Promise<EnvoyConfigDump>;
  /** Asks any path of the admin interface. */
  readonly admin: (path: string, method?: 'GET' | 'POST') => Promise<string>;
  /** What it has logged, the newest 256 KB. */
  readonly logs: () => string;
  readonly isRunning: () => boolean;
  /** Sends it a signal: SIGKILL for a crash, SIGSTOP and SIGCONT for a stall. */
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly stop: () => Promise<void>;
}

/** The answer of `/config_dump`: one entry per kind of configuration, told apart by `@type`. */
export interface EnvoyConfigDump {
  readonly configs: readonly (Readonly<Record<string, unknown>> & { readonly '@type': string })[];
}

/** What to start: `bootstrap` is a document as Envoy reads it (its admin address is replaced by a free loopback port). */
export interface EnvoyOptions {
  readonly bootstrap: object;
  readonly logLevel?: 'warning' | 'info' | 'debug' | 'trace';
  /** Further command line options. */
  readonly args?: readonly string[];
}

/** Starts a real Envoy (fetched if need be) and waits until its admin interface answers. */
export async function startEnvoy({ bootstrap, logLevel = 'warning', args = [] }: EnvoyOptions): Promise<RunningEnvoy> {
  const program = await fetchedProgram('envoy');
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-envoy-'));
  const [bootstrapFile, addressFile] = [join(directory, 'bootstrap.json'), join(directory, 'admin-address')];
  writeFileSync(bootstrapFile, JSON.stringify(withAdminOnLoopback(bootstrap)));
  const files = ['--config-path', bootstrapFile, '--admin-address-path', addressFile];
  // No hot restart, so that any number of Envoys run side by side; one worker, because two cores are all there may be.
  const single = ['--disable-hot-restart', '--concurrency', '1'];
  const envoy = startGuarded({ program, args: [...files, ...single, '--log-level', logLevel, ...args] });
  const stop = async (): Promise<void> => {
    await envoy.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const adminPort = await adminPortOf(envoy, addressFile);
    return {
      ...adminOf(adminPort, envoy),
      adminPort,
      logs: envoy.output,
      isRunning: envoy.isRunning,
      signal: envoy.signal,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What Envoy says about bootstraps, one answer each in their order: undefined when it accepts, else its complaint. */
export async function validateBootstraps(bootstraps: readonly object[]): Promise<(string | undefined)[]> {
  const program = await fetchedProgram('envoy');
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-envoy-'));
  try {
    const complaints: (string | undefined)[] = [];
    for (const [index, bootstrap] of bootstraps.entries()) {
      const file = join(directory, `${index}.json`);
      writeFileSync(file, JSON.stringify(bootstrap));
      const options = ['--mode', 'validate', '--disable-hot-restart', '--log-level', 'error'];
      const { code, output } = await runProgram(program, [...options, '--config-path', file], { timeoutMs: 30_000 });
      complaints.push(code === 0 ? undefined : output.trim());
    }
    return complaints;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The address is the tests' own business: a fixed one would clash with the next Envoy. */
function withAdminOnLoopback(bootstrap: object): object {
  const address = { socketAddress: { address: '127.0.0.1', portValue: 0 } };
  return { ...bootstrap, admin: { address } };
}

/** Envoy writes `host:port` into the file once the admin interface listens. */
async function adminPortOf(envoy: GuardedProcess, addressFile: string): Promise<number> {
  const port = (): number => {
    const address = existsSync(addressFile) ? readFileSync(addressFile, 'utf8') : '';
    return Number(/:(\d+)\s*$/.exec(address)?.[1] ?? 0);
  };
  await waitUntil(() => port() > 0 || !envoy.isRunning(), {
    what: 'Envoy opens its admin interface',
    timeoutMs: 30_000,
    detail: envoy.output,
  });
  if (!envoy.isRunning()) throw new Error(`Envoy ended at once:\n${envoy.output()}`);
  return port();
}

function adminOf(port: number, envoy: GuardedProcess): Pick<RunningEnvoy, 'admin' | 'ready' | 'stats' | 'configDump'> {
  const ask = (path: string, method: 'GET' | 'POST' = 'GET'): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, signal: AbortSignal.timeout(10_000) });
  const admin = async (path: string, method?: 'GET' | 'POST'): Promise<string> => (await ask(path, method)).text();
  return {
    admin,
    ready: (timeoutMs = 30_000) =>
      waitUntil(async () => (await ask('/ready')).status === 200, {
        what: 'Envoy is ready',
        timeoutMs,
        detail: envoy.output,
      }),
    stats: async (filter = '') => {
      const answer = await admin(`/stats?format=json&filter=${encodeURIComponent(filter)}`);
      const { stats } = JSON.parse(answer) as { stats: readonly { name?: string; value?: number }[] };
      return Object.fromEntries(
        stats.flatMap(({ name, value }) => (name && value !== undefined ? [[name, value]] : [])),
      );
    },
    configDump: async () => JSON.parse(await admin('/config_dump?include_eds')) as EnvoyConfigDump,
  };
}
