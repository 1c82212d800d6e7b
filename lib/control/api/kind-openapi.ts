import { z } from 'zod';
import { type Kind, kinds } from '../../resources/kinds.ts';
import type { KindNames } from '../config/kind-names.ts';
import { mergeKeysOf } from '../config/strategic-merge.ts';

export type Json = Readonly<Record<string, unknown>>;

export const text = { type: 'string' };
export const whole = { type: 'integer' };
const textMap = { type: 'object', additionalProperties: text };

/** Kubernetes' form of an error. */
export const statusSchema = {
  type: 'object',
  required: ['kind', 'status'],
  properties: {
    ...{ kind: text, apiVersion: text, status: text, message: text, reason: text },
    ...{ code: whole, details: { type: 'object' } },
  },
};

/** The word by which a kind's schema is referred to: `io.istio.networking.VirtualService`, `core.Service`. */
export const schemaName = ({ documentKind, group }: KindNames): string =>
  `${group === '' ? 'core' : group.split('.').reverse().join('.')}.${documentKind}`;

export const rootOf = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

/** The shape of one kind's documents. `kubectl explain` finds it by the kinds that it says it is for. */
export function objectSchema({ kind, documentKind, group }: KindNames, versions: readonly string[]): Json {
  const { schema, body } = kinds[kind];
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const shape = withMergeKeys(plain, kind);
  const frame = { apiVersion: text, kind: text, metadata: metadataSchema, status: { type: 'object' } };
  const common = {
    type: 'object',
    description: shape.description,
    required: ['apiVersion', 'kind', 'metadata'],
    'x-kubernetes-group-version-kind': versions.map((version) => ({ group, version, kind: documentKind })),
  };
  if (body === 'spec') return { ...common, properties: { ...frame, spec: shape } };
  return { ...common, properties: { ...frame, ...(shape.properties as Json) } };
}

/** What kubectl explains of `metadata`; what Kubernetes keeps there beside is taken and means nothing. */
const metadataSchema = {
  type: 'object',
  description: 'What the object says about itself.',
  properties: {
    name: { ...text, description: 'Name of the object, unique in its namespace among those of its kind.' },
    generateName: { ...text, description: 'Start of a name that is made up when the object is created without one.' },
    namespace: { ...text, description: 'The namespace that it is in; default unless it is said.' },
    labels: { ...textMap, description: 'By which objects are selected.' },
    annotations: { ...textMap, description: 'What tools note about it.' },
    ...{ creationTimestamp: text, deletionTimestamp: text, deletionGracePeriodSeconds: whole, uid: text },
    ...{ generation: whole, resourceVersion: text, selfLink: text, clusterName: text },
    ...{ finalizers: { type: 'array', items: text }, ownerReferences: { type: 'array', items: { type: 'object' } } },
    managedFields: { type: 'array', items: { type: 'object' } },
  },
};

/** Without the key of a list that is merged by one, kubectl would send the list as a replacement and expect it to be one. */
function withMergeKeys(shape: Json, kind: Kind): Json {
  let marked = shape;
  for (const [path, key] of Object.entries(mergeKeysOf(kind))) {
    const marks = { 'x-kubernetes-patch-merge-key': key, 'x-kubernetes-patch-strategy': 'merge' };
    marked = withMarks(marked, path.split('.').slice(1), marks);
  }
  return marked;
}

function withMarks(shape: Json, [member, ...rest]: readonly string[], marks: Json): Json {
  if (member === undefined) return { ...shape, ...marks };
  const properties = shape['properties'] as Readonly<Record<string, Json>>;
  return { ...shape, properties: { ...properties, [member]: withMarks(properties[member] ?? {}, rest, marks) } };
}

/** The paths of one kind in one version, with what can be done there. */
export function kindPaths(names: KindNames, version: string): Json {
  const root = rootOf(names.group, version);
  const all = `${root}/${names.plural}`;
  const collection = names.isNamespaced ? `${root}/namespaces/{namespace}/${names.plural}` : all;
  const reference = { $ref: `#/components/schemas/${schemaName(names)}` };
  const items = { type: 'array', items: reference };
  const many = { type: 'object', properties: { kind: text, apiVersion: text, metadata: { type: 'object' }, items } };
  const inNamespace = names.isNamespaced ? [inPath('namespace')] : [];
  const one = [...inNamespace, inPath('name')];
  const can = (verb: Verb, answer: Json = reference): Json => operation({ names, version, verb, answer });
  return {
    ...(names.isNamespaced && { [all]: { get: can('list', many) } }),
    [collection]: { parameters: inNamespace, get: can('list', many), post: can('create') },
    [`${collection}/{name}`]: {
      ...{ parameters: one, get: can('get'), put: can('replace'), patch: can('patch') },
      delete: can('delete', { $ref: '#/components/schemas/Status' }),
    },
    [`${collection}/{name}/status`]: { parameters: one, get: can('get'), put: can('replace'), patch: can('patch') },
  };
}

type Verb = 'list' | 'get' | 'create' | 'replace' | 'patch' | 'delete';

// Documents are always checked strictly; `fieldValidation` is taken so that kubectl leaves the checking to us.
const writeQuery = ['dryRun', 'fieldValidation', 'fieldManager'];
const queryOf: Readonly<Record<Verb, readonly string[]>> = {
  list: ['labelSelector', 'fieldSelector', 'limit', 'continue', 'watch', 'timeoutSeconds', 'resourceVersion'],
  get: [],
  create: writeQuery,
  replace: writeQuery,
  patch: writeQuery,
  delete: ['dryRun'],
};

const bodyTypes: Readonly<Record<Verb, readonly string[]>> = {
  list: [],
  get: [],
  create: ['application/json', 'application/yaml'],
  replace: ['application/json', 'application/yaml'],
  patch: ['application/merge-patch+json', 'application/json-patch+json', 'application/apply-patch+yaml'],
  delete: [],
};

interface Operation {
  readonly names: KindNames;
  readonly version: string;
  readonly verb: Verb;
  readonly answer: Json;
}

function operation({ names, version, verb, answer }: Operation): Json {
  const { documentKind: kind, group, plural } = names;
  const schema = verb === 'patch' ? {} : { $ref: `#/components/schemas/${schemaName(names)}` };
  const content = Object.fromEntries(bodyTypes[verb].map((type) => [type, { schema }]));
  return {
    tags: [plural],
    summary: `${verb} ${plural}`,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: queryOf[verb].map(inQuery),
    ...(bodyTypes[verb].length > 0 && { requestBody: { required: true, content } }),
    responses: { '200': jsonOf(answer), default: jsonOf({ $ref: '#/components/schemas/Status' }) },
  };
}

export const jsonOf = (schema: Json): Json => ({ description: 'answer', content: { 'application/json': { schema } } });
export const inPath = (name: string): Json => ({ name, in: 'path', required: true, schema: text });
export const inQuery = (name: string): Json => ({ name, in: 'query', schema: text });
