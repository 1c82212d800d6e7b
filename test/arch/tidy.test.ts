import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryFiles, repositoryRoot } from '../../tools/support/repository.ts';
import { scatteredBrandCasts } from './brand-casts.ts';
import { importedPackages, packagesWithoutRow } from './dependency-rows.ts';
import { tidyRules } from './tidy-rules.ts';
import type { SourceFile } from './source-file.ts';

const files: readonly SourceFile[] = repositoryFiles()
  .filter((path) => !/\.(png|ico|gz|bin|pb|woff2)$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
const lib = files.filter(({ path }) => path.startsWith('lib/') && path.endsWith('.ts'));

for (const { name, appliesTo, objections, samples } of tidyRules) {
  test(`tidy: ${name}`, () => {
    const found = files
      .filter(({ path }) => appliesTo(path))
      .flatMap((file) => objections(file).map((objection) => `${file.path}: ${objection}`));
    assert.equal(found.join('\n'), '');
  });

  test(`tidy: ${name}: planted samples are found`, () => {
    assert.ok(samples.length > 0);
    for (const sample of samples) {
      assert.ok(appliesTo(sample.path), `the rule does not look at ${sample.path}`);
      assert.notDeepEqual(objections(sample), [], `not found: ${sample.text}`);
    }
  });
}

test('tidy: each brand is made in one place', () => {
  assert.deepEqual(scatteredBrandCasts(lib), []);
});

test('tidy: each brand is made in one place: a planted cast is found', () => {
  const declared = "export type Etag = Brand<string, 'Etag'>;\nexport const etag = (text: string) => text as Etag;\n";
  const sample = [
    { path: 'lib/ports/records.ts', text: declared },
    { path: 'lib/control/a.ts', text: "const guessed = 'x' as Etag;\n" },
  ];
  assert.deepEqual(scatteredBrandCasts(sample), ['Etag is cast in lib/ports/records.ts, lib/control/a.ts']);
});

test('tidy: every package that is imported has its row in docs/decisions/0002', () => {
  assert.deepEqual(packagesWithoutRow(importedPackages(files), dependencyPage()), []);
});

test('tidy: a package without a row is found', () => {
  const sample = [{ path: 'lib/base/a.ts', text: "import { pad } from '@left/pad/deep';\nimport 'node:fs';\n" }];
  assert.deepEqual(packagesWithoutRow(importedPackages(sample), dependencyPage()), ['@left/pad']);
});

function dependencyPage(): string {
  return readFileSync(join(repositoryRoot, 'docs/decisions/0002-dependencies.md'), 'utf8');
}
