import { spawn } from 'node:child_process';

/** A server that this process started. It ends with this process, however this process ends. */
export interface GuardedProcess {
  /** The last 256 KB of what it printed, both streams. */
  readonly output: () => string;
  readonly isRunning: () => boolean;
  /** Resolves with its exit code; a signal counts as 128. */
  readonly exited: Promise<number>;
  /** Asks it to end (SIGTERM), kills it and all it started after five seconds, and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** Sends a signal to it and to all it started, as a crash would: nothing is asked, nothing is waited for. */
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** What to start: a program, its arguments, its directory, and what to add to its environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const keptOutput = 256 * 1024;

// The guard holds a pipe from its parent. When the parent closes it, or dies by whatever cause (even SIGKILL, which no
// handler sees), the read ends and the program is ended: first asked, then killed with all of its process group.
const guard = `
exec 3<&0
"$@" 3<&- </dev/null & child=$!
{
  read -r _ <&3
  kill -TERM "$child"
  tries=0
  while kill -0 "$child" && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL 0
} >/dev/null 2>&1 &
exec 3<&-
wait "$child"; code=$?
trap '' TERM
kill -TERM 0
exit "$code"
`;

/** Starts a server under guard. It does not wait until the server answers. */
export function startGuarded({ program, args, cwd, env }: Command): GuardedProcess {
  const child = spawn('/bin/sh', ['-c', guard, 'guard', program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that everything it starts can be ended with it
  });
  let output = '';
  const collect = (chunk: string): void => void (output = (output + chunk).slice(-keptOutput));
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  child.stdin.on('error', () => undefined); // the guard may be gone before the pipe is closed
  const exited = new Promise<number>((resolve) => {
    child.on('error', (failure) => (collect(failure.message), resolve(127)));
    child.on('exit', (code) => (child.stdin.destroy(), resolve(code ?? 128)));
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    output: () => output,
    isRunning,
    exited,
    stop: async () => (child.stdin.end(), void (await exited)),
    signal: (signal) => void (isRunning() && child.pid !== undefined && process.kill(-child.pid, signal)),
  };
}
