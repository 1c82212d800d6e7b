import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository, with a trailing slash. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Every file that belongs to the repository: tracked, or new and not ignored. Paths are relative to the root, sorted. */
export function repositoryFiles(): string[] {
  return git(['ls-files', '--cached', '--others', '--exclude-standard']);
}

/** Files that differ from where this branch left `main`, committed or not; all files when there is no `main`. */
export function changedFiles(): string[] {
  const [base] = tryGit(['merge-base', 'HEAD', 'main']);
  if (base === undefined) return repositoryFiles();
  const untracked = git(['ls-files', '--others', '--exclude-standard']);
  return present([...new Set([...git(['diff', '--name-only', base]), ...untracked])].sort());
}

function git(args: readonly string[]): string[] {
  const output = execFileSync('git', args, {
    cwd: repositoryRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return present(
    output
      .split('\n')
      .filter((line) => line !== '')
      .sort(),
  );
}

function tryGit(args: readonly string[]): string[] {
  try {
    return execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return []; // a shallow clone or an export without history has no main to compare with
  }
}

/** A file that is deleted in the work tree is still in the index. */
function present(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(join(repositoryRoot, path)));
}
