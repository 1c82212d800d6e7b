import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface StartedServer {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Starts a Node program as a process of its own and waits for its line `ready URL`. It is killed when this process ends. */
export async function startServer(file: string, args: readonly string[]): Promise<StartedServer> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready (http:\S+)/.exec(line)?.[1];
    if (url === undefined || child.pid === undefined) continue;
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM');
      await exited;
      process.off('exit', kill);
    };
    return { url, pid: child.pid, stop };
  }
  throw new Error(`${file} ended before it was ready`);
}
