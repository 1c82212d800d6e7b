import { type KindNames, kindNames } from '../config/kind-names.ts';
import { takesStrategicMerge } from '../config/strategic-merge.ts';
import { type Json, objectSchema, rootOf, schemaName } from './kind-openapi.ts';

/**
 * `/openapi/v2`: the shapes of all kinds, and the writes of one object each. kubectl before 1.27 checks documents by it, explains
 * fields from it, and reads in it whether a server knows `dryRun`; nothing else is said there.
 */
export function openApiV2(): Json {
  const collections = kindNames.flatMap((names) => names.versions.map((version) => ({ names, version })));
  return {
    swagger: '2.0',
    info: { title: 'Pilotless API', version: 'v1' },
    paths: Object.fromEntries(collections.map(({ names, version }) => objectPathItem(names, version))),
    definitions: Object.fromEntries(kindNames.flatMap(definitionsOf)),
  };
}

/** One for each version, which have the same shape: making it is what takes time. */
function definitionsOf(names: KindNames): readonly (readonly [string, Json])[] {
  const { group, documentKind: kind } = names;
  const shape = swaggerSchema(objectSchema(names, []));
  return names.versions.map((version) => [
    `${schemaName(names)}.${version}`,
    { ...shape, 'x-kubernetes-group-version-kind': [{ group, version, kind }] },
  ]);
}

function objectPathItem(names: KindNames, version: string): readonly [string, Json] {
  const { group, documentKind, plural, isNamespaced } = names;
  const namespace = isNamespaced ? '/namespaces/{namespace}' : '';
  const merge = takesStrategicMerge(names.kind) ? ['application/strategic-merge-patch+json'] : [];
  const patch = {
    operationId: `patch.${schemaName(names)}.${version}`,
    consumes: ['application/json-patch+json', 'application/merge-patch+json', ...merge, 'application/apply-patch+yaml'],
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
      ...{ name, in: 'query', type: 'string' },
    })),
    responses: { '200': { description: 'OK' } },
    'x-kubernetes-group-version-kind': { group, version, kind: documentKind },
  };
  return [`${rootOf(group, version)}${namespace}/${plural}/{name}`, { patch }];
}

/** Words of JSON Schema that OpenAPI 2 has with the same meaning. Bounds are left to the service, which says more about them. */
const KEPT = ['description', 'format', 'required', 'type'] as const;

/** A schema in the words of OpenAPI 2. What it has no word for, such as one type or another, takes any value. */
function swaggerSchema(schema: Json): Json {
  const { properties, items, additionalProperties } = schema;
  const kept = KEPT.flatMap((word) => (schema[word] === undefined ? [] : [[word, schema[word]] as const]));
  const marks = Object.entries(schema).filter(([word]) => word.startsWith('x-kubernetes-'));
  return {
    ...Object.fromEntries([...kept, ...marks]),
    ...(isSchema(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, swaggerSchema(each as Json)]),
      ),
    }),
    ...(isSchema(items) && { items: swaggerSchema(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: swaggerSchema(additionalProperties) }),
  };
}

const isSchema = (value: unknown): value is Json => typeof value === 'object' && value !== null;
