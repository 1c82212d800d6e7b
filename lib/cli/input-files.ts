import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliFailure } from './cli-failure.ts';

/** One input, under the name by which it was given. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

const documentFile = /\.(ya?ml|json)$/;

/**
 * The texts of files, of the YAML and JSON files of directories, and of standard input for `-`. Refuses what can only be a
 * slip: a path that is not there, a directory without documents, and files that have no document among them.
 */
export async function readInputs(
  paths: readonly string[],
  { isRecursive = false, mayBeEmpty = false } = {},
): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const path of paths) {
    if (path === '-') files.push({ name: '-', text: decoded(await standardInput(), 'standard input') });
    else files.push(...readPath(path, isRecursive));
  }
  if (!mayBeEmpty && files.every(({ text }) => text.split('\n').every((line) => hasNoContent.test(line)))) {
    const names = paths.map((path) => (path === '-' ? 'standard input' : `"${path}"`));
    throw new CliFailure('refused', `there is no document in ${names.join(', ')}`);
  }
  return files;
}

/** Blank, a comment, a directive or a marker between documents. */
const hasNoContent = /^\uFEFF?\s*(#.*|%.*|---|\.\.\.)?\s*$/;

function readPath(path: string, isRecursive: boolean): readonly InputFile[] {
  try {
    if (!statSync(path).isDirectory()) return [readFile(path)];
    const files = readDirectory(path, isRecursive);
    if (files.length > 0) return files;
  } catch (error) {
    throw unreadablePath(path, error);
  }
  const below = isRecursive ? '' : '; -R looks into the directories below it too';
  throw new CliFailure('refused', `the directory "${path}" has no .yaml, .yml or .json file${below}`);
}

function readDirectory(path: string, isRecursive: boolean): readonly InputFile[] {
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return isRecursive ? readDirectory(inner, true) : [];
      return documentFile.test(entry.name) ? [readFile(inner)] : [];
    });
}

const readFile = (name: string): InputFile => ({ name, text: decoded(readFileSync(name), `the file "${name}"`) });

function decoded(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliFailure('refused', `${what} is not UTF-8 text`, error);
  }
}

/** One line about a path that cannot be read, for all verbs. */
export function unreadablePath(path: string, error: unknown): CliFailure {
  if (error instanceof CliFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new CliFailure('refused', `the path "${path}" ${reason}`, error);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a directory; a file is needed here',
};

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
