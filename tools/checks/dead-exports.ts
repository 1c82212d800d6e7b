import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { analyzeTsConfig } from 'ts-unused-exports';

/** Exports that are called where no import shows it: by the Lambda runtime, bin/pilotless.mjs, and the table of verbs. */
const calledFromOutside = [
  { file: /^functions\/[^/]+\.ts$/, exportName: /^(handler|streamingHandler)$/ },
  { file: /^lib\/cli\/[^/]+\.ts$/, exportName: /Verb$/ },
  { file: /^lib\/cli\/main\.ts$/, exportName: /^main$/ },
];

/**
 * Exports that no other file imports, as `file: name`. A type that its own file uses is no finding: it is part of the
 * signature of something that is imported.
 */
export function deadExports(tsConfigPath: string): string[] {
  const root = resolve(tsConfigPath, '..');
  const { unusedExports } = analyzeTsConfig(tsConfigPath);
  return Object.entries(unusedExports)
    .flatMap(([path, exported]) => {
      const file = relative(root, path);
      const text = readFileSync(path, 'utf8');
      return exported
        .filter(({ exportName }) => !isCalledFromOutside(file, exportName) && !isTypeInUse(exportName, text))
        .map(({ exportName }) => `${file}: ${exportName}`);
    })
    .sort();
}

function isCalledFromOutside(file: string, exportName: string): boolean {
  return calledFromOutside.some((outside) => outside.file.test(file) && outside.exportName.test(exportName));
}

/** Comments may name a type that nothing uses, so they do not count. */
function isTypeInUse(name: string, text: string): boolean {
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
  const isType = new RegExp(`^export (declare )?(type|interface) ${name}\\b`, 'm').test(code);
  return isType && (code.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length > 1;
}
