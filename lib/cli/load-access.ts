import { readFileSync } from 'node:fs';
import type { Access } from '../control/identity/access.ts';
import { CliFailure } from './cli-failure.ts';

/** The access file at a path, or the text itself where it is one; fails with everything that is wrong with it. */
export async function loadAccess(said: string): Promise<Access> {
  const { readAccess } = await import('../control/identity/read-access.ts');
  const isText = /[\n{]/.test(said);
  const read = readAccess(isText ? said : fileText(said));
  if (read.ok) return read.value;
  const problems = read.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new CliFailure('refused', `access ${isText ? 'text' : `file ${said}`}: ${problems.join('; ')}`);
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliFailure('refused', `access file ${path} cannot be read`, error);
  }
}
