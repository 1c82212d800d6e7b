import { type KindNames, kindNames } from '../config/kind-names.ts';
import {
  inPath,
  inQuery,
  type Json,
  jsonOf,
  kindPaths,
  objectSchema,
  rootOf,
  schemaName,
  statusSchema,
  text,
  whole,
} from './kind-openapi.ts';
import { pollPaths, pollSchemas } from './poll-openapi.ts';

/**
 * `/openapi/v3`: every path of this API and the shape of every kind, made from the kind table. Among the paths stand entries
 * such as `apis/networking.istio.io/v1`, by which kubectl finds the document of one version; other readers skip them, because
 * a path begins with a slash.
 */
export function openApiDocument(): Json {
  const index = collections().map(({ group, version }) => {
    const root = rootOf(group, version).slice(1);
    return [root, { serverRelativeURL: `/openapi/v3/${root}` }] as const;
  });
  const paths = collections().flatMap(({ names, version }) => Object.entries(kindPaths(names, version)));
  return documentOf(
    { ...Object.fromEntries([...index, ...paths]), ...revisionPaths, ...pollPaths },
    {
      ...Object.fromEntries(kindNames.map((names) => [schemaName(names), objectSchema(names, names.versions)])),
      ...answerSchemas,
      ...pollSchemas,
    },
  );
}

/** `/openapi/v3/apis/<group>/<version>`: the part of one version; `undefined` when there is no such version. */
export function versionDocument(group: string, version: string): Json | undefined {
  const some = collections().filter((collection) => collection.group === group && collection.version === version);
  if (some.length === 0) return undefined;
  const paths = some.flatMap(({ names }) => Object.entries(kindPaths(names, version)));
  const schemas = some.map(({ names }) => [schemaName(names), objectSchema(names, [version])]);
  return documentOf(Object.fromEntries(paths), Object.fromEntries(schemas) as Json);
}

interface Collection {
  readonly names: KindNames;
  readonly group: string;
  readonly version: string;
}

function collections(): readonly Collection[] {
  return kindNames.flatMap((names) => names.versions.map((version) => ({ names, group: names.group, version })));
}

function documentOf(paths: Json, schemas: Json): Json {
  const title = 'Pilotless API';
  const description = 'Objects by Kubernetes conventions, the history of all of them, and the polls of proxies.';
  const info = { title, version: 'v1', description };
  return { openapi: '3.1.0', info, paths, components: { schemas: { ...schemas, Status: statusSchema } } };
}

const documentIssue = {
  type: 'object',
  properties: { document: whole, kind: text, namespace: text, name: text, path: text, code: text, message: text },
};
const applyResult = {
  type: 'object',
  properties: {
    ...{ apiVersion: text, kind: text, namespace: text, name: text },
    action: { enum: ['created', 'configured', 'unchanged', 'pruned'] },
    warnings: { type: 'array', items: text },
  },
};
const answerSchemas = {
  Applied: { type: 'object', properties: { revision: whole, results: { type: 'array', items: applyResult } } },
  Refused: { type: 'object', properties: { errors: { type: 'array', items: documentIssue } } },
  Problem: { type: 'object', properties: { code: text, message: text } },
  Revision: {
    type: 'object',
    properties: {
      revision: whole,
      time: text,
      writer: text,
      message: text,
      counts: { type: 'object' },
      objects: whole,
      tree: text,
    },
  },
};

const answered = (name: string): Json => jsonOf({ $ref: `#/components/schemas/${name}` });

const revisionPaths = {
  '/v1/apply': {
    post: {
      summary: 'apply all documents as one revision, or none',
      parameters: [
        ...['dryRun', 'prune', 'expectRevision', 'namespace', 'message'].map(inQuery),
        { name: 'Idempotency-Key', in: 'header', schema: text },
      ],
      requestBody: { required: true, content: { 'application/yaml': {}, 'application/json': {} } },
      responses: {
        '200': answered('Applied'),
        '409': answered('Problem'),
        '413': answered('Problem'),
        '422': answered('Refused'),
      },
    },
  },
  '/v1/revisions': {
    get: {
      summary: 'history, newest first',
      parameters: ['limit', 'before'].map(inQuery),
      responses: { '200': jsonOf({ type: 'object' }) },
    },
  },
  '/v1/revisions/{revision}': {
    parameters: [inPath('revision')],
    get: { summary: 'one revision', responses: { '200': answered('Revision'), '404': answered('Problem') } },
  },
  '/v1/revisions/{revision}/diff': {
    parameters: [inPath('revision')],
    get: {
      summary: 'difference of two revisions',
      parameters: [inQuery('from')],
      responses: { '200': jsonOf({ type: 'object' }), '404': answered('Problem') },
    },
  },
  '/v1/revisions/{revision}/rollback': {
    parameters: [inPath('revision')],
    post: {
      summary: 'make a new revision that equals this one',
      parameters: ['dryRun', 'expectRevision', 'message'].map(inQuery),
      responses: { '200': answered('Applied'), '404': answered('Problem'), '409': answered('Problem') },
    },
  },
};
