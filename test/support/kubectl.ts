import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CliRun, collected, runCli } from './run-cli.ts';
import { tempDir } from './temp-dir.ts';

/** A real kubectl with a home of its own, set up for one service as a person would. */
export interface Kubectl {
  readonly run: (
    args: readonly string[],
    options?: { readonly input?: string; readonly env?: object },
  ) => Promise<CliRun>;
  /** Writes a file beside its home and answers its path. */
  readonly file: (name: string, text: string) => string;
  readonly remove: () => void;
  readonly program: string;
  readonly kubeconfig: string;
}

/** Gives a program the kubeconfig that `pilotless kubeconfig` prints for the service. */
export async function kubectlFor(program: string, url: string): Promise<Kubectl> {
  const { code, stdout, stderr } = await runCli(['kubeconfig'], { url });
  if (code !== 0) throw new Error(stderr);
  const home = tempDir({ kubeconfig: stdout });
  const kubeconfig = join(home.path, 'kubeconfig');
  const environment = { PATH: process.env.PATH, HOME: home.path, KUBECONFIG: kubeconfig };
  return {
    program,
    kubeconfig,
    run: (args, { input = '', env = {} } = {}) =>
      runProgramWith(program, args, { input, env: { ...environment, ...env } }),
    file(name, text) {
      const path = join(home.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    remove: home.remove,
  };
}

/** Runs a program with nothing but the given environment. */
export async function runProgramWith(
  program: string,
  args: readonly string[],
  { input = '', env }: { readonly input?: string; readonly env: NodeJS.ProcessEnv },
): Promise<CliRun> {
  const child = spawn(program, args, { env });
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}
