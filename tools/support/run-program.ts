import { spawn } from 'node:child_process';

/** What a program printed (both streams, in order of arrival) and how it ended; a signal counts as code 1. */
export interface ProgramResult {
  readonly code: number;
  readonly output: string;
}

/** Where a program runs: `env` is added to the environment of this process. */
interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program after this long; without it there is no limit. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end and collects its output. A program that cannot be started ends with code 127. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, timeoutMs }: Surroundings = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    const collect = (chunk: string): void => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', (failure) => resolve({ code: 127, output: failure.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
