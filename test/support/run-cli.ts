import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = fileURLToPath(new URL('../../bin/pilotless.mjs', import.meta.url));

/** Runs the real command line in a process of its own, with nothing of this one's settings for it. */
export async function runCli(
  args: readonly string[],
  { input = '', url = '' }: { readonly input?: string; readonly url?: string } = {},
): Promise<CliRun> {
  const { PILOTLESS_URL: _url, PILOTLESS_TOKEN: _token, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...env, NO_COLOR: '1', ...(url !== '' && { PILOTLESS_URL: url }) },
  });
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** What a stream says, piece by piece, as long as it is open. */
export function collected(stream: NodeJS.ReadableStream): string[] {
  const chunks: string[] = [];
  stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return chunks;
}
