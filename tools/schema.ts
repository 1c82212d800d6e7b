// npm run schema: JSON Schemas of all kinds, one object by kind. npm run schema -- --out DIR: one file each, for YAML editors.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { jsonSchemaOf, schemaFileOf } from '../lib/resources/json-schema.ts';
import { isKind, kinds } from '../lib/resources/kinds.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const names = Object.keys(kinds).filter(isKind);

if (values.out === undefined) {
  console.log(JSON.stringify(Object.fromEntries(names.map((kind) => [kind, jsonSchemaOf(kind)])), null, 2));
} else {
  mkdirSync(values.out, { recursive: true });
  for (const kind of names) {
    const file = join(values.out, schemaFileOf(kind));
    writeFileSync(file, `${JSON.stringify(jsonSchemaOf(kind), null, 2)}\n`);
    console.log(file);
  }
}
