import type { Issue } from '../../base/issue.ts';
import type { KindDefinition } from '../../resources/kind-definition.ts';
import { kindOfDocument, kinds } from '../../resources/kinds.ts';
import { parseDocument } from '../../resources/parse-document.ts';
import type { Resource } from '../../resources/resource.ts';
import { meshName } from '../../resources/well-known-names.ts';
import { withoutUnsetMembers } from '../../resources/written-body.ts';
import { readText } from '../config/read-text.ts';

/** The texts of one case, each of them possibly empty. */
export interface CaseTexts {
  /** MeshConfig, laid over the defaults. */
  readonly mesh: string;
  readonly networks: string;
  readonly configs: string;
  /** Core Services and EndpointSlices. */
  readonly kube: string;
}

export interface CaseResources {
  readonly resources: readonly Resource[];
  /** What could not be read at all; it is left out. */
  readonly errors: readonly string[];
}

/** Where documents without a namespace belong, as in a cluster. */
const defaultNamespace = 'default';

/**
 * The resources of a case. A case is no upload: a document that breaks a rule of its kind is used all the same, as Istio's own
 * tests do, and only what does not fit its kind's shape, or is of no known kind, is left out and named.
 */
export function caseResources({ mesh, networks, configs, kube }: CaseTexts): CaseResources {
  const errors: string[] = [];
  const resources: Resource[] = [];
  const take = (document: unknown, where: string): void => {
    const resource = lenientResource(document);
    if (resource.ok) resources.push(resource.value);
    else errors.push(`${where}: ${resource.message}`);
  };
  const meshConfig = valueOf(mesh, 'mesh', errors);
  const meshNetworks = valueOf(networks, 'networks', errors);
  if (meshConfig !== undefined || meshNetworks !== undefined) {
    const spec = {
      ...(meshConfig !== undefined && { meshConfig }),
      ...(meshNetworks !== undefined && { meshNetworks }),
    };
    take({ apiVersion: 'pilotless.dev/v1', kind: 'Mesh', metadata: { name: meshName }, spec }, 'mesh');
  }
  for (const [name, text] of [
    ['configs', configs],
    ['kube', kube],
  ] as const) {
    const read = readText(text);
    errors.push(...read.errors.map(({ document, path, message }) => `${name} ${document}: ${path}: ${message}`));
    for (const { document, value } of read.documents) take(value, `${name} ${document}`);
  }
  return { resources, errors };
}

/** The value of a text of one document; `undefined` for an empty one. */
function valueOf(text: string, name: string, errors: string[]): unknown {
  const { documents, errors: unreadable } = readText(text);
  errors.push(...unreadable.map(({ path, message }) => `${name}: ${path}: ${message}`));
  return documents[0]?.value;
}

type Lenient = { readonly ok: true; readonly value: Resource } | { readonly ok: false; readonly message: string };

function lenientResource(document: unknown): Lenient {
  const parsed = parseDocument(document, { defaultNamespace });
  if (parsed.ok) return parsed;
  const shaped = shapedResource(document);
  return shaped ? { ok: true, value: shaped } : { ok: false, message: sentencesOf(document, parsed.issues) };
}

type Members = Readonly<Record<string, unknown>>;

/**
 * The body with parts repaired that no admission lets pass and that a case may yet have, because programs wrote it from values in
 * memory: an enumeration that is the empty text was never set, and a number that does not fit 32 bits stands as text.
 */
function repairedBody(schema: KindDefinition['schema'], body: unknown): unknown {
  let repaired = body;
  for (const { path, code } of schema.safeParse(body).error?.issues ?? []) {
    const written = valueAt(body, path);
    if (code === 'invalid_value' && written === '') repaired = withPart(repaired, path, undefined);
    if (code === 'invalid_type' && typeof written === 'string' && /^-?\d+$/.test(written))
      repaired = withPart(repaired, path, Number(written));
  }
  return repaired;
}

/** The document by the shape of its kind alone; `undefined` when it does not have that shape. */
function shapedResource(document: unknown): Resource | undefined {
  const { apiVersion, kind: word, metadata, spec, status: _status, ...rest } = membersOf(document);
  if (typeof word !== 'string' || typeof apiVersion !== 'string') return undefined;
  const kind = kindOfDocument(apiVersion, word);
  if (kind === undefined) return undefined;
  const { schema, body, isNamespaced }: KindDefinition = kinds[kind];
  const written = repairedBody(schema, withoutUnsetMembers(schema, body === 'spec' ? (spec ?? {}) : rest));
  if (!schema.safeParse(written).success) return undefined;
  const meta = membersOf(metadata);
  const namespace = isNamespaced ? meta['namespace'] || defaultNamespace : '';
  const name = typeof meta['name'] === 'string' ? meta['name'] : '';
  // The schema of this kind has just accepted the body, which is what ties `kind` and `spec` together.
  return { apiVersion, kind, metadata: { ...meta, name, namespace }, spec: written } as Resource;
}

function sentencesOf(document: unknown, issues: readonly Issue[]): string {
  const { kind, metadata } = membersOf(document);
  const { namespace, name } = membersOf(metadata);
  const said = [kind, namespace ?? defaultNamespace, name]
    .map((part) => (typeof part === 'string' ? part : ''))
    .join('/');
  const texts = issues
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return `${said}: ${texts.join('; ')}`;
}

const membersOf = (value: unknown): Members => (typeof value === 'object' && value !== null ? (value as Members) : {});

type Path = readonly PropertyKey[];

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at: unknown, part) => (membersOf(at) as Readonly<Record<PropertyKey, unknown>>)[part], value);
}

/** A copy with another value at a path that is there; a member whose new value is `undefined` goes. */
function withPart(value: unknown, [first, ...rest]: Path, part: unknown): unknown {
  if (first === undefined) return part;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === first ? withPart(item, rest, part) : item));
  const members = Object.entries(membersOf(value)).map(
    ([name, member]) => [name, name === first ? withPart(member, rest, part) : member] as const,
  );
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}
