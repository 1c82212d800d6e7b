import { z } from 'zod';
import type { KindDefinition } from './kind-definition.ts';
import { documentKind, kinds, preferredApiVersion, type Kind } from './kinds.ts';

/** A JSON Schema, for editors and other tools. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * JSON Schema (2020-12) of whole documents of a kind, as YAML editors take it: every field, and none that is not known. Rules
 * between fields are not in it; `validate` knows those.
 */
export function jsonSchemaOf(kind: Kind): JsonSchema {
  const { body, group, isNamespaced, schema, versions }: KindDefinition = kinds[kind];
  // Shapes that stand in several places are written out in each: many editors show no description beside a reference.
  const { $schema, description, ...shape } = z.toJSONSchema(schema, { unrepresentable: 'any', reused: 'inline' });
  const own = body === 'spec' ? { spec: { description, ...shape } } : (shape.properties ?? {});
  return {
    $schema,
    $id: `urn:pilotless:schema:${schemaFileOf(kind)}`,
    title: documentKind(kind),
    description,
    type: 'object',
    properties: {
      apiVersion: {
        description: `Group and version of the kind; ${preferredApiVersion(kind)} is the newest.`,
        enum: versions.map((version) => (group === '' ? version : `${group}/${version}`)),
      },
      kind: { description: `${documentKind(kind)}: what sort of object this is.`, const: documentKind(kind) },
      metadata: metadataSchema(isNamespaced),
      ...own,
      status: { description: 'What the service says of the object; it is not read.', type: 'object' },
    },
    required: ['apiVersion', 'kind', 'metadata'],
    additionalProperties: false,
  };
}

/** Name of the file that `npm run schema -- --out DIR` writes: kind and group, as CRD catalogues call theirs. */
export function schemaFileOf(kind: Kind): string {
  const { group } = kinds[kind];
  return `${documentKind(kind).toLowerCase()}${group === '' ? '' : `_${group}`}.json`;
}

function metadataSchema(isNamespaced: boolean): JsonSchema {
  const map = (description: string): JsonSchema => ({
    description,
    type: 'object',
    additionalProperties: { type: 'string' },
  });
  const name = {
    description: 'Name of the object, unique among its kind and namespace.',
    minLength: 1,
    maxLength: 253,
  };
  const namespace = { description: 'Namespace of the object; default, unless -n says another.', maxLength: 63 };
  return {
    description: 'What the object is called, and what is attached to it.',
    type: 'object',
    properties: {
      name: { type: 'string', ...name },
      ...(isNamespaced && { namespace: { type: 'string', ...namespace } }),
      labels: map('By which objects are found, pruned and selected.'),
      annotations: map('Notes of people and tools.'),
    },
    required: ['name'],
  };
}
