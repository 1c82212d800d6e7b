import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliFailure } from './cli-failure.ts';

/** One input, under the name by which it was given. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

const documentFile = /\.(ya?ml|json)$/;

/** The texts of files, of the YAML and JSON files of directories, and of standard input for `-`. */
export async function readInputs(
  paths: readonly string[],
  { isRecursive = false } = {},
): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const path of paths) {
    if (path === '-') files.push({ name: '-', text: await standardInput() });
    else files.push(...readPath(path, isRecursive));
  }
  return files;
}

function readPath(path: string, isRecursive: boolean): readonly InputFile[] {
  try {
    if (!statSync(path).isDirectory()) return [{ name: path, text: readFileSync(path, 'utf8') }];
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const inner = join(path, entry.name);
        if (entry.isDirectory()) return isRecursive ? readPath(inner, true) : [];
        return documentFile.test(entry.name) ? [{ name: inner, text: readFileSync(inner, 'utf8') }] : [];
      });
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'does not exist' : String(error);
    throw new CliFailure('refused', `the path "${path}" ${reason}`, error);
  }
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
