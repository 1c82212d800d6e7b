import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchemaOf, schemaFileOf, type JsonSchema } from '../../../lib/resources/json-schema.ts';
import { isKind, kinds } from '../../../lib/resources/kinds.ts';

const names = Object.keys(kinds).filter(isKind);

/** Every object of a schema that is nested in it, itself first. */
function partsOf(schema: unknown): readonly JsonSchema[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return [schema as JsonSchema, ...Object.values(schema).flatMap(partsOf)];
}

for (const kind of names) {
  test(`${kind}: every reference in its JSON Schema leads somewhere`, () => {
    const schema = jsonSchemaOf(kind);
    const definitions = Object.keys((schema['$defs'] as object | undefined) ?? {});
    const references = partsOf(schema).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
    for (const reference of references) assert.ok(definitions.includes(reference.replace('#/$defs/', '')), reference);
    assert.equal(schema['additionalProperties'], false);
  });
}

test('an editor is told the versions, the kind and where the body stands', () => {
  const service = jsonSchemaOf('Service')['properties'] as Readonly<Record<string, JsonSchema>>;
  assert.deepEqual(service['apiVersion'], { enum: ['v1'] });
  assert.deepEqual(service['kind'], { const: 'Service' });
  assert.ok('spec' in service);
  const slice = jsonSchemaOf('EndpointSlice')['properties'] as Readonly<Record<string, JsonSchema>>;
  assert.ok('endpoints' in slice && !('spec' in slice));
});

test('files are called by kind and group', () => {
  assert.equal(schemaFileOf('VirtualService'), 'virtualservice_networking.istio.io.json');
  assert.equal(schemaFileOf('Service'), 'service.json');
});
