import type { Checked, Issue } from '../base/issue.ts';
import { quoted } from '../base/quoted.ts';
import { excessOf } from './document-limits.ts';
import { findingLog, type Finding, type FindingLog } from './finding.ts';
import type { KindDefinition } from './kind-definition.ts';
import { documentKind, type Kind, kindOfDocument, kinds } from './kinds.ts';
import { checkMetadata } from './metadata-checks.ts';
import { objectMeta, type ObjectMeta } from './metadata.ts';
import { resourceKey, type Resource } from './resource.ts';
import { checkShape, logAtPath } from './shape-checks.ts';
import { nearestName } from './schema-members.ts';
import { withoutPart, withoutUnsetMembers } from './written-body.ts';

/** What a document is read with. */
export interface ParseSettings {
  /** Namespace of documents that do not say one, where their kind has any. */
  readonly defaultNamespace: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads one document: any value that JSON can say, whoever wrote it. Answers the resource, or everything that is wrong with it
 * at once; never throws. The body is kept as it was written, without members that are null; the parsed form adds only the
 * namespace. What a field means when it is absent is said where it is read: MeshConfig's defaults by `meshConfigWithDefaults`.
 */
export function parseDocument(value: unknown, settings: ParseSettings): Checked<Resource> {
  const log = findingLog();
  const document = isObject(value) ? value : {};
  if (!isObject(value)) log.error('WRONG_TYPE', 'a document is an object with apiVersion, kind and metadata');
  const tooMuch = excessOf(value);
  if (tooMuch !== undefined) log.error('SYNTAX', tooMuch);
  const kind = log.found.length > 0 ? undefined : readKind(log, document);
  if (kind === undefined) return { ok: false, issues: log.found };
  const definition: KindDefinition = kinds[kind];
  const metadata = readMetadata(log, document['metadata'], definition.isNamespaced ? settings.defaultNamespace : '');
  checkMetadata(log, metadata, {
    isNamespaced: definition.isNamespaced,
    mayRunDry: kind === 'AuthorizationPolicy', // VAL-1
  });
  const body = readBody(log, document, { definition, metadata });
  const issues = issuesOf(log.found, resourceKey(kind, metadata.namespace, metadata.name));
  if (issues.some(({ severity }) => severity === 'error')) return { ok: false, issues };
  const status = isObject(document['status']) ? { status: document['status'] } : {};
  const resource = { apiVersion: document['apiVersion'], kind, metadata, spec: body, ...status };
  // The schema of this kind has just accepted the body, which is what ties `kind` and `spec` together.
  return { ok: true, value: resource as Resource, issues };
}

function issuesOf(found: readonly Finding[], resource: string): readonly Issue[] {
  return found.map((finding) => ({ ...finding, resource }));
}

function readKind(log: FindingLog, { apiVersion, kind }: Members): Kind | undefined {
  if (typeof kind !== 'string' || kind === '')
    log.at('kind').error('REQUIRED', 'a document says its kind, such as VirtualService');
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    log.at('apiVersion').error('REQUIRED', 'a document says its apiVersion, such as networking.istio.io/v1');
  }
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || log.found.length > 0) return undefined;
  const known = kindOfDocument(apiVersion, kind);
  if (known === undefined) {
    log.at('kind').error('UNKNOWN_KIND', unknownKindMessage(kind, apiVersion));
    return undefined;
  }
  const { group, versions: all }: KindDefinition = kinds[known];
  if (!all.includes(apiVersion.slice(apiVersion.lastIndexOf('/') + 1))) {
    const versions = all.map((each) => (group === '' ? each : `${group}/${each}`)).join(', ');
    log.at('apiVersion').error('UNKNOWN_KIND', `unknown version ${quoted(apiVersion)} of ${kind}; use ${versions}`);
    return undefined;
  }
  return known;
}

function unknownKindMessage(kind: string, apiVersion: string): string {
  const all = Object.keys(kinds) as Kind[];
  const names = [...new Set(all.map(documentKind))];
  const nearest = nearestName(kind, names);
  const hint = nearest === undefined || nearest === kind ? '' : ` did you mean ${nearest}?`;
  const shown = all.map((each) => [documentKind(each), kinds[each].group].filter((part) => part !== '').join('.'));
  return `unknown kind ${quoted(kind)} in ${quoted(apiVersion)}, not supported yet;${hint} known kinds: ${shown.join(', ')}`;
}

/** Metadata with the namespace filled in. Parts of a wrong type are noted and left out. */
function readMetadata(log: FindingLog, written: unknown, defaultNamespace: string): ObjectMeta {
  const given = withoutUnsetMembers(objectMeta, isObject(written) ? written : {});
  if (written !== undefined && !isObject(written))
    log.at('metadata').error('WRONG_TYPE', 'metadata is an object with a name');
  const named = { name: '', namespace: defaultNamespace, ...(given as Members) };
  if (named.namespace === '') named.namespace = defaultNamespace;
  let kept: unknown = named;
  for (const path of checkShape(log.at('metadata'), objectMeta, named)) kept = withoutPart(kept, path);
  const read = objectMeta.safeParse({ name: '', namespace: defaultNamespace, ...(isObject(kept) ? kept : {}) });
  return read.success ? read.data : { name: '', namespace: defaultNamespace };
}

interface Reading {
  readonly definition: KindDefinition;
  readonly metadata: ObjectMeta;
}

/** With more parts of a wrong type than this, nobody asks what the rules would say of the rest. */
const mostBroken = 100;

/** Members of any document, beside the body. */
const frame: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

function readBody(log: FindingLog, document: Members, { definition, metadata }: Reading): unknown {
  const { schema } = definition;
  const isInSpec = definition.body === 'spec';
  if (isInSpec) checkFrame(log, document);
  const written = isInSpec ? (document['spec'] ?? {}) : withoutFrame(document);
  const body = withoutUnsetMembers(schema, written);
  const place = isInSpec ? log.at('spec') : log;
  const broken = checkShape(place, schema, body);
  const whole = broken.length > mostBroken ? undefined : broken.reduce<unknown>(withoutPart, body);
  if (isObject(whole)) {
    const rules = findingLog();
    definition.validate({ metadata, spec: whole }, rules);
    const leftOut = broken.map((path) => logAtPath(place, path).path);
    for (const finding of rules.found.filter(({ path }) => leftOut.every((part) => isElsewhere(part, path)))) {
      log.note(finding);
    }
  }
  return body;
}

/** What was left out may be what a rule misses at or above it: such a finding would send its reader the wrong way. */
const isElsewhere = (leftOut: string, path: string): boolean => !leftOut.startsWith(path) && !path.startsWith(leftOut);

function checkFrame(log: FindingLog, document: Members): void {
  for (const member of Object.keys(document)) {
    if (frame.has(member) || member === 'spec') continue;
    const nearest = nearestName(member, [...frame, 'spec']);
    const remedy = nearest === undefined ? 'the body of this kind stands under spec' : `did you mean ${nearest}?`;
    log.member(member).error('UNKNOWN_FIELD', `unknown field ${quoted(member)}; ${remedy}`);
  }
}

const withoutFrame = (document: Members): Members =>
  Object.fromEntries(Object.entries(document).filter(([member]) => !frame.has(member)));

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
