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
  test(`${kind}: its JSON Schema refers to nothing, so that every editor shows what it says`, () => {
    const schema = jsonSchemaOf(kind);
    assert.deepEqual(
      partsOf(schema).filter((part) => '$ref' in part),
      [],
    );
    assert.equal(schema['additionalProperties'], false);
  });
}

test('an editor is told the versions, the kind and where the body stands', () => {
  const service = jsonSchemaOf('Service')['properties'] as Readonly<Record<string, JsonSchema>>;
  assert.deepEqual(service['apiVersion']?.['enum'], ['v1']);
  assert.equal(service['kind']?.['const'], 'Service');
  assert.ok('spec' in service);
  const slice = jsonSchemaOf('EndpointSlice')['properties'] as Readonly<Record<string, JsonSchema>>;
  assert.ok('endpoints' in slice && !('spec' in slice));
});

/**
 * Where the settings of Istio's mesh lead into parts that are all refused, or are Istio's own: what is asked for is described
 * there, and how it would be set is not.
 */
const undescribedBelow = ['spec.meshConfig.extensionProviders', 'spec.meshConfig.defaultConfig.'];

/** Places of all fields that have no description. */
function undescribed(schema: JsonSchema, place = ''): readonly string[] {
  const { properties = {}, items, additionalProperties } = schema;
  const fields = Object.entries(properties as Readonly<Record<string, JsonSchema>>).flatMap(([name, field]) => {
    const at = place === '' ? name : `${place}.${name}`;
    const hasOne = typeof field['description'] === 'string' && field['description'].endsWith('.');
    return [...(hasOne ? [] : [at]), ...undescribed(field, at)];
  });
  const inner = [items, additionalProperties].filter((part) => typeof part === 'object' && part !== null);
  return [...fields, ...inner.flatMap((part) => undescribed(part as JsonSchema, place))].filter(
    (at) => !undescribedBelow.some((prefix) => isDeeper(at, prefix)),
  );
}

/** Below a place, or for one that ends in a dot, below its members. */
const isDeeper = (place: string, prefix: string): boolean =>
  prefix.endsWith('.')
    ? place.startsWith(prefix) && place.slice(prefix.length).includes('.')
    : place.startsWith(`${prefix}.`);

for (const kind of names) {
  test(`${kind}: an editor has a sentence about the kind and about each of its fields`, () => {
    const schema = jsonSchemaOf(kind);
    assert.match(String(schema['description']), /^[A-Z].*\.$/);
    assert.deepEqual(undescribed(schema), []);
  });
}

test('files are called by kind and group', () => {
  assert.equal(schemaFileOf('VirtualService'), 'virtualservice_networking.istio.io.json');
  assert.equal(schemaFileOf('Service'), 'service.json');
});
