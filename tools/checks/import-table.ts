import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { IConfiguration } from 'dependency-cruiser';

/** What dependency-cruiser saw: the modules of ours that it read, and each violation as `rule: from → to`. */
export interface Cruised {
  readonly modules: readonly string[];
  readonly violations: readonly string[];
}

// The folders whose imports the table governs.
const governedFolders = ['lib', 'functions', 'test', 'tools', 'bin'];

/** Holds the import table of this repository (`.dependency-cruiser.cjs`) against the governed folders of a tree. */
export async function cruiseImports(root: string): Promise<Cruised> {
  const table = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as IConfiguration;
  const { output } = await cruise(
    governedFolders.filter((folder) => existsSync(join(root, folder))),
    { ...table.options, ruleSet: { forbidden: table.forbidden ?? [] }, validate: true, baseDir: resolve(root) },
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered in words: ${output}`);
  return {
    modules: output.modules.map(({ source }) => source).filter(isGoverned),
    violations: output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}

/**
 * Files that should have been read and were not. Never empty-handed by accident: with a TypeScript that
 * dependency-cruiser does not support it reads nothing, reports no violation and ends well.
 */
export function unreadModules({ modules }: Cruised, files: readonly string[]): string[] {
  const read = new Set(modules);
  return files.filter((file) => isGoverned(file) && /\.(ts|mjs)$/.test(file) && !read.has(file));
}

function isGoverned(path: string): boolean {
  return governedFolders.some((folder) => path.startsWith(`${folder}/`));
}
