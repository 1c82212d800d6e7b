import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './program.ts';
import type { ToolCommand } from './toolchain.ts';

const quiet = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PIP_ROOT_USER_ACTION: 'ignore' };

/** Unpacks ready-built Python packages into a directory of their own; nothing outside it changes. */
export function pipInstall(pip: ToolCommand, directory: string, options: readonly string[]): Promise<void> {
  return runTool(pip, ['install', '--quiet', '--only-binary=:all:', '--target', directory, ...options], quiet);
}

/** The same for one package whose files must have one of these SHA-256 sums (one per platform). */
export async function pipInstallVerified(
  pip: ToolCommand,
  directory: string,
  { requirement, sha256 }: { readonly requirement: string; readonly sha256: readonly string[] },
): Promise<void> {
  const list = join(directory, 'requirements.txt');
  writeFileSync(list, [requirement, ...sha256.map((sum) => `--hash=sha256:${sum}`)].join(' ') + '\n');
  await pipInstall(pip, directory, ['--no-deps', '--require-hashes', '--requirement', list]);
  rmSync(list);
}
