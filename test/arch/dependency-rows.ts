import { isBuiltin } from 'node:module';
import ts from 'typescript';
import type { SourceFile } from './source-file.ts';

/** The npm packages that the files import, sorted. */
export function importedPackages(files: readonly SourceFile[]): string[] {
  const specifiers = files
    .filter(({ path }) => /^(lib|functions|test|tools|bin)\/.*\.(ts|mjs)$|^eslint\.config\.js$/.test(path))
    .flatMap(({ text }) => ts.preProcessFile(text, true, true).importedFiles)
    .map(({ fileName }) => fileName)
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier));
  return [...new Set(specifiers.map(packageOf))].sort();
}

/** Packages that the page about dependencies does not name. */
export function packagesWithoutRow(packages: readonly string[], page: string): string[] {
  return packages.filter((name) => !page.includes(`\`${name}\``));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
