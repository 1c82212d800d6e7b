import { runProgram } from '../support/run-program.ts';
import type { Tool, ToolCommand } from './toolchain.ts';

/** A program that npm cannot bring: where it comes from, at one pinned version, and what it is for. */
export interface Program {
  readonly version: string;
  readonly purpose: string;
  readonly neededBy: 'tests' | 'schema';
  /** Whether what is fetched depends on the operating system and the processor. */
  readonly perPlatform: boolean;
  /** A path inside the fetched directory that is there when the program is. */
  readonly entry: string;
  readonly fetchedWith: Tool;
  /** What must be on the machine to run it, when it does not run by itself. */
  readonly runsWith?: Tool;
  /** Fills an empty directory; throws when it cannot. `tool` is how to call `fetchedWith`. */
  readonly fetchInto: (directory: string, tool: ToolCommand) => Promise<void>;
}

/** One attempt to fetch a program went wrong; another may not. The message is the last thing the tool said. */
export class FetchFailed extends Error {
  readonly code = 'FETCH_FAILED';

  constructor(command: string, output: string) {
    const said = output.trim().split('\n').slice(-6).join('\n');
    super(`${command}: ${said === '' ? 'failed and said nothing' : said}`);
    this.name = 'FetchFailed';
  }
}

/** Runs a tool to its end; throws FetchFailed unless it succeeds. */
export async function runTool(
  [program, ...leading]: ToolCommand,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, output } = await runProgram(program, [...leading, ...args], { env, timeoutMs: 10 * 60_000 });
  if (code !== 0) throw new FetchFailed([program, ...leading, args[0] ?? ''].join(' '), output);
}
