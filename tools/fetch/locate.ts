import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { programs } from './programs.ts';
import type { ProgramName } from './programs.ts';
import { findTool } from './toolchain.ts';

/** Where a program is, or why it is not there and what to do about it (one line each). */
export type Located = { readonly ready: string } | { readonly missing: string; readonly remedy: string };

/** Looks for a program in the cache; fetches nothing. */
export function locate(name: ProgramName): Located {
  const { version, fetchedWith, ...program } = programs[name];
  const runsWith = 'runsWith' in program ? program.runsWith : undefined;
  if (runsWith !== undefined && findTool(runsWith) === undefined) {
    return { missing: `${name} ${version} needs ${runsWith.name}`, remedy: `${runsWith.remedy}, then "npm run fetch"` };
  }
  const path = join(directoryOf(name), program.entry);
  if (existsSync(path)) return { ready: path };
  if (findTool(fetchedWith) !== undefined) {
    return { missing: `${name} ${version} is not fetched yet`, remedy: 'npm run fetch' };
  }
  const missing = `${name} ${version} is not fetched, and there is no ${fetchedWith.name} to fetch it with`;
  return { missing, remedy: `${fetchedWith.remedy}, then "npm run fetch"` };
}

/** Where all fetched programs live; git ignores it. `PILOTLESS_CACHE` names another place, to share it between clones. */
export const cacheDirectory = join(process.env.PILOTLESS_CACHE ?? join(repositoryRoot, '.cache'), 'programs');

/** The directory of one program at its pinned version, for this platform. */
export function directoryOf(name: ProgramName): string {
  const { version, perPlatform } = programs[name];
  const platform = perPlatform ? `-${process.platform}-${process.arch}` : '';
  return join(cacheDirectory, `${name}-${version}${platform}`);
}
