import { z } from 'zod';
import type { KindDefinition } from './kind-definition.ts';
import { kinds, preferredApiVersion, type Kind } from './kinds.ts';

/** A JSON Schema, for editors and other tools. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * JSON Schema (2020-12) of whole documents of a kind, as YAML editors take it: every field, and none that is not known. Rules
 * between fields are not in it; `validate` knows those.
 */
export function jsonSchemaOf(kind: Kind): JsonSchema {
  const { body, group, isNamespaced, schema, versions }: KindDefinition = kinds[kind];
  // Shapes that stand in several places are written once; their references are from the root, so the definitions go there.
  const { $schema, $defs, ...shape } = z.toJSONSchema(schema, { unrepresentable: 'any', reused: 'ref' });
  const own = body === 'spec' ? { spec: shape } : (shape.properties ?? {});
  return {
    $schema,
    $id: `urn:pilotless:schema:${schemaFileOf(kind)}`,
    title: kind,
    description: `${kind}, as ${preferredApiVersion(kind)}`,
    type: 'object',
    properties: {
      apiVersion: { enum: versions.map((version) => (group === '' ? version : `${group}/${version}`)) },
      kind: { const: kind },
      metadata: metadataSchema(isNamespaced),
      ...own,
      status: { type: 'object' },
    },
    required: ['apiVersion', 'kind', 'metadata'],
    additionalProperties: false,
    ...($defs && { $defs }),
  };
}

/** Name of the file that `npm run schema -- --out DIR` writes: kind and group, as CRD catalogues call theirs. */
export function schemaFileOf(kind: Kind): string {
  const { group } = kinds[kind];
  return `${kind.toLowerCase()}${group === '' ? '' : `_${group}`}.json`;
}

function metadataSchema(isNamespaced: boolean): JsonSchema {
  const map = { type: 'object', additionalProperties: { type: 'string' } };
  const namespace = isNamespaced ? { namespace: { type: 'string', maxLength: 63 } } : {};
  return {
    type: 'object',
    properties: { name: { type: 'string', minLength: 1, maxLength: 253 }, ...namespace, labels: map, annotations: map },
    required: ['name'],
  };
}
