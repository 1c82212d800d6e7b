import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A directory of its own for one test; `remove` deletes it with all that is in it. */
export interface TempDir {
  readonly path: string;
  readonly remove: () => void;
}

/** Makes a temporary directory that holds the given files (path relative to it → text or bytes). */
export function tempDir(files: Readonly<Record<string, string | Uint8Array>> = {}): TempDir {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'pilotless-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
