// npm run spec -- FOLDER [--open]: for each section of the catalogs (*.md) in a folder, how many rules a test cites by
// ID, how many docs/spec-deviations.md lists, and how many are open; --open names those. The catalogs are not part of
// the repository.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from 'table';
import { idsIn, idsInStrings, idsWithRanges } from './spec/citations.ts';
import { readCatalog } from './spec/read-catalog.ts';
import { repositoryFiles, repositoryRoot } from './support/repository.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { open: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (folder === undefined || !existsSync(folder)) {
  console.error(`${folder === undefined ? '' : `there is no ${folder}\n`}usage: npm run spec -- FOLDER [--open]`);
  process.exit(2);
}

const cited = new Set(citedIds());
const deviating = new Set(deviationIds());
const known = new Set<string>();
const twice = new Set<string>();
const rows: (string | number)[][] = [];

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  for (const { title, ruleIds } of readCatalog(readFileSync(join(folder, file), 'utf8'))) {
    for (const id of ruleIds) (known.has(id) ? twice : known).add(id);
    const open = ruleIds.filter((id) => !cited.has(id) && !deviating.has(id));
    const count = (ids: ReadonlySet<string>): number => ruleIds.filter((id) => ids.has(id)).length;
    const name = `${file}: ${title}`.slice(0, 72);
    rows.push([
      name,
      ruleIds.length,
      count(cited),
      count(deviating),
      open.length,
      ...(values.open ? [open.join(' ')] : []),
    ]);
  }
}

if (rows.length === 0) {
  console.error(`no rule in ${folder}: rules are list items that start with an ID such as VS-12`);
  process.exit(1);
}
const head = ['section', 'rules', 'cited', 'deviating', 'open', ...(values.open ? ['open rules'] : [])];
const columns = values.open ? { 5: { width: 60, wrapWord: true } } : {};
console.log(table([head, ...rows], { columns, drawHorizontalLine: (line, lines) => line < 2 || line === lines }));
const isIn = (ids: ReadonlySet<string>) => (id: string) => ids.has(id);
const all = [...known];
const openCount = all.filter((id) => !cited.has(id) && !deviating.has(id)).length;
console.log(`${all.length} rules, ${all.filter(isIn(cited)).length} cited, ${openCount} open`);
const prefixes = new Set(all.map(prefixOf));
const strange = [...cited, ...deviating].filter((id) => !known.has(id) && prefixes.has(prefixOf(id)));
if (strange.length > 0) console.log(`named by us, in no catalog: ${strange.sort().join(' ')}`);
if (twice.size > 0) console.log(`in two catalogs, so that a citation counts for both: ${[...twice].sort().join(' ')}`);

function prefixOf(id: string): string {
  return id.replace(/-.*/, '');
}

/** Names in test files, and the first comment of each golden case. */
function citedIds(): string[] {
  const files = repositoryFiles().filter((path) => path.startsWith('test/'));
  const text = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
  const inTests = files.filter((path) => path.endsWith('.ts')).flatMap((path) => idsInStrings(text(path)));
  const inCases = files
    .filter((path) => path.endsWith('/in.yaml'))
    .flatMap((path) => idsIn(/^(#.*\n)+/.exec(text(path))?.[0] ?? ''));
  return [...inTests, ...inCases];
}

function deviationIds(): string[] {
  const path = join(repositoryRoot, 'docs/spec-deviations.md');
  return existsSync(path) ? idsWithRanges(readFileSync(path, 'utf8')) : [];
}
