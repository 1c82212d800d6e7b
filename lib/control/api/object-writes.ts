import { isMembers, type Members } from '../../base/members.ts';
import type { Kind } from '../../resources/kinds.ts';
import { keyOf, type Resource, resourceKey } from '../../resources/resource.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { ConfigStore } from '../config/config-store.ts';
import { qualified } from '../config/kind-names.ts';
import { type Actor, authorOf } from '../identity/rights.ts';
import { answerForm, mediaRange } from './answer-form.ts';
import { answered, printingOf, printObject } from './print-objects.ts';
import { readBodyValue } from './read-body-value.ts';
import { readObject } from '../config/read-objects.ts';
import type { WithConditions } from '../status/object-sights.ts';
import { type Patch, patchObject } from '../config/patch-object.ts';
import { printDocument } from '../config/print-document.ts';
import { removeNamespace } from '../config/remove-namespace.ts';
import { takesStrategicMerge } from '../config/strategic-merge.ts';
import { type ObjectOutcome, type ObjectWrite, type StoppedWrite, writeObject } from '../config/write-object.ts';
import { type StatusOutcome, writeStatus } from '../config/write-status.ts';
import type { FieldConflict } from '../revisions/field-owners.ts';
import { toResource } from '../revisions/stored-object.ts';
import { readDryRun } from './list-query.ts';
import type { ObjectPath } from './object-path.ts';
import { KUBERNETES_PROTOBUF, readProtobufBody } from './protobuf-body.ts';
import { readBody, readBytes } from './read-body.ts';
import {
  called,
  detailsOf,
  failure,
  type StatusDetails,
  invalid,
  notAcceptable,
  success,
  withWarnings,
} from './status-body.ts';

/** A request that changes an object, with what it is answered by. */
export interface WriteRequest {
  readonly store: ConfigStore;
  readonly bodyLimitBytes: number;
  readonly actor: Actor;
  readonly withConditions: WithConditions;
  readonly request: Request;
  readonly path: ObjectPath;
  readonly query: URLSearchParams;
}

/** POST to a collection (CS-3). */
export async function createFrom(write: WriteRequest): Promise<Response> {
  const body = await readDocument(write);
  if (!body.ok) return body.response;
  const { names } = write.path;
  const { name, namespace, document } = named(body.document, write);
  if (name === '') return invalid(names, '', [noName(names.kind)]);
  if (names.isNamespaced && namespace === '') return failure('BadRequest', 'the path names no namespace');
  return carryOut(write, { name, namespace, created: 201 }, (target) =>
    writeObject(write.store, target, (existing) =>
      existing ? { step: 'stop', answer: { outcome: 'exists' } } : { step: 'write', document },
    ),
  );
}

/** PUT of one object: replaces it; with a resourceVersion only if that is the newest (CS-4). */
export async function replaceFrom(write: WriteRequest): Promise<Response> {
  const body = await readDocument(write);
  if (!body.ok) return body.response;
  const { document } = body;
  const { name, namespace } = targetOf(write.path);
  if (write.path.isStatus) return changeStatus(write, { type: 'merge', change: statusOf(document) }, true);
  return carryOut(write, { name, namespace }, (target) =>
    writeObject(write.store, target, (existing) =>
      existing || write.path.names.kind === 'Namespace'
        ? { step: 'write', document }
        : { step: 'stop', answer: { outcome: 'missing' } },
    ),
  );
}

/** PATCH of one object (CS-6), in one of the three ways whose meaning does not depend on the kind. */
export async function patchFrom(write: WriteRequest): Promise<Response> {
  const [mediaType = ''] = (write.request.headers.get('content-type') ?? '').split(';');
  const body = await readDocument(write);
  if (!body.ok) return body.response;
  const patch = patchOf(mediaType.trim(), write, body.document);
  if (typeof patch === 'string') return failure('BadRequest', patch);
  if (!patch) {
    const message =
      'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
    return failure('UnsupportedMediaType', message);
  }
  if (write.path.isStatus) return changeStatus(write, patch, false);
  return carryOut(write, { ...targetOf(write.path), created: 201 }, (target) =>
    patchObject(write.store, target, patch),
  );
}

/** DELETE of one object (CS-7). */
export async function removeFrom(write: WriteRequest): Promise<Response> {
  const body = await readDocument(write, {});
  if (!body.ok) return body.response;
  const { preconditions, dryRun } = members(body.document);
  const isDryRun = Array.isArray(dryRun) && dryRun.includes('All');
  const { name, namespace } = targetOf(write.path);
  const refusal = (existing: Resource): StoppedWrite | undefined => unmet(members(preconditions), existing);
  return carryOut(write, { name, namespace, isRemoval: true, isDryRun }, (target) =>
    write.path.names.kind === 'Namespace'
      ? removeNamespace(write.store, target, refusal)
      : writeObject(write.store, target, (existing) => {
          const answer = existing && refusal(toResource(existing.object, existing.stamp));
          return answer ? { step: 'stop', answer } : { step: 'remove' };
        }),
  );
}

/** Whoever deletes may say which version is meant, and which of the objects that have had the name. */
function unmet({ resourceVersion, uid }: Members, { metadata }: Resource): StoppedWrite | undefined {
  if ((resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion) {
    return { outcome: 'conflict', message: 'conflicting resource version, try again' };
  }
  if ((uid ?? metadata.uid) === metadata.uid) return undefined;
  return { outcome: 'conflict', message: `the object with the uid ${String(uid)} is gone` };
}

interface CarriedOut {
  readonly name: string;
  readonly namespace: string;
  /** Status code where the object came into being. */
  readonly created?: 201;
  readonly isRemoval?: boolean;
  readonly isDryRun?: boolean;
}

async function carryOut(
  write: WriteRequest,
  { name, namespace, created, isRemoval, isDryRun }: CarriedOut,
  work: (target: ObjectWrite) => Promise<ObjectOutcome>,
): Promise<Response> {
  const dryRun = readDryRun(write.query);
  if (!dryRun.ok) return failure('BadRequest', dryRun.message);
  const { names } = write.path;
  const form = answerForm(write.request.headers.get('accept'));
  if (!form) return notAcceptable();
  const author = authorOf(write.actor);
  const denied = author.refuseWrite({ kind: names.kind, namespace });
  if (denied !== undefined) return forbidden(write, denied);
  const isTrial = dryRun.value || isDryRun === true;
  const outcome = await work({
    target: { kind: names.kind, namespace, name },
    ...author,
    isDryRun: isTrial,
  });
  if (outcome.outcome !== 'done') return stopped(write, name, outcome);
  const { action, warnings } = outcome;
  const { uid } = outcome.resource.metadata;
  if (isRemoval) return success({ ...detailsOf(names, name), ...(uid !== undefined && { uid }) });
  const resource = isTrial ? await asTried(write, outcome.resource) : await asWritten(write, outcome.resource);
  const status = action === 'created' ? (created ?? 200) : 200;
  const printing = printingOf(write.store, write.path, { form, query: write.query });
  return withWarnings(answered(printObject(resource, printing), form, { status }), warnings);
}

async function asWritten({ withConditions }: WriteRequest, resource: Resource): Promise<Resource> {
  const [shown = resource] = await withConditions([resource]);
  return shown;
}

/** What was only tried shows the version and the status that the stored object has, so that a diff shows what the write would change. */
async function asTried({ store, withConditions }: WriteRequest, tried: Resource): Promise<Resource> {
  const { resourceVersion: _, ...metadata } = tried.metadata;
  const stored = await readObject(store, keyOf(tried));
  if (!stored) return { ...tried, metadata };
  const [{ status, metadata: { resourceVersion = '' } } = stored] = await withConditions([stored]);
  return { ...tried, metadata: { ...metadata, resourceVersion }, ...(status && { status }) };
}

async function changeStatus(write: WriteRequest, patch: Patch, isReplacement: boolean): Promise<Response> {
  const dryRun = readDryRun(write.query);
  if (!dryRun.ok) return failure('BadRequest', dryRun.message);
  const { name, namespace } = targetOf(write.path);
  const denied = authorOf(write.actor).refuseWrite({ kind: write.path.names.kind, namespace });
  if (denied !== undefined) return forbidden(write, denied);
  const key = resourceKey(write.path.names.kind, namespace, name);
  const outcome = await writeStatus(write.store, { key, patch, isReplacement, isDryRun: dryRun.value });
  if (outcome.outcome !== 'done') return stopped(write, name, outcome);
  return Response.json(printDocument(outcome.resource, write.path.apiVersion));
}

function forbidden({ store, actor, path: { names } }: WriteRequest, reason: string): Response {
  store.log.warn('denied', { who: actor.name, from: actor.from, kind: names.kind, reason });
  return failure('Forbidden', `${qualified(names.plural, names.group)} is forbidden: ${reason}`);
}

type Stopped = StoppedWrite | { readonly outcome: 'contended' } | Exclude<StatusOutcome, { readonly outcome: 'done' }>;

function stopped({ path: { names } }: WriteRequest, name: string, outcome: Stopped): Response {
  const details = detailsOf(names, name);
  switch (outcome.outcome) {
    case 'exists':
      return failure('AlreadyExists', `${called(names, name)} already exists`, details);
    case 'missing':
      return failure('NotFound', `${called(names, name)} not found`, details);
    case 'owned':
      return owned(outcome.conflicts, details);
    case 'conflict': {
      const message = `Operation cannot be fulfilled on ${called(names, name)}: ${outcome.message}`;
      return failure('Conflict', message, details);
    }
    case 'bad-request':
      return failure('BadRequest', outcome.message, details);
    case 'refused':
      return invalid(names, name, outcome.errors);
    case 'contended':
      return failure('ServiceUnavailable', 'too many writers at once, try again', { retryAfterSeconds: 1 });
    default:
      return unreachable(outcome);
  }
}

/** In the words by which kubectl tells such a conflict from others, and says what to do. */
function owned(conflicts: readonly FieldConflict[], details: StatusDetails): Response {
  const causes = conflicts.map(({ manager, field }) => ({
    ...{ reason: 'FieldManagerConflict', message: `conflict with "${manager}"`, field },
  }));
  const listed = conflicts.map(({ manager, field }) => `conflict with "${manager}": ${field}`).join('; ');
  const number = conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`;
  return failure('Conflict', `Apply failed with ${number}: ${listed}`, { ...details, causes });
}

type ReadDocument =
  { readonly ok: true; readonly document: unknown } | { readonly ok: false; readonly response: Response };

/** The one document of a body, in JSON or YAML; `absent` stands for a body without any. */
async function readDocument({ request, bodyLimitBytes }: WriteRequest, absent?: object): Promise<ReadDocument> {
  if (mediaRange(request.headers.get('content-type') ?? '').type === KUBERNETES_PROTOBUF) {
    return readProtobufDocument(request, bodyLimitBytes);
  }
  const body = await readBody(request, bodyLimitBytes);
  if (!body.ok) {
    return { ok: false, response: failure(body.status === 413 ? 'RequestEntityTooLarge' : 'BadRequest', body.message) };
  }
  const read = readBodyValue(body.text);
  if (!read.ok) return { ok: false, response: failure('BadRequest', read.message) };
  if (read.value === undefined && !absent) {
    return { ok: false, response: failure('BadRequest', 'the body has no document') };
  }
  return { ok: true, document: read.value ?? absent };
}

async function readProtobufDocument(request: Request, limitBytes: number): Promise<ReadDocument> {
  const body = await readBytes(request, limitBytes);
  if (!body.ok) return { ok: false, response: failure('RequestEntityTooLarge', body.message) };
  const document = readProtobufBody(body.bytes);
  if (document) return { ok: true, document };
  const message = `${KUBERNETES_PROTOBUF} is read for Namespace, Service, Secret and ConfigMap only; send JSON or YAML, as kubectl does with -f`;
  return { ok: false, response: failure('UnsupportedMediaType', message) };
}

function patchOf(mediaType: string, { path, query }: WriteRequest, change: unknown): Patch | string | undefined {
  switch (mediaType) {
    case 'application/merge-patch+json':
      return { type: 'merge', change };
    case 'application/apply-patch+yaml':
      if (!isMembers(change)) return 'a server-side apply is one object';
      return {
        type: 'apply',
        change,
        manager: query.get('fieldManager') || 'unknown',
        isForced: isTrue(query, 'force'),
      };
    case 'application/strategic-merge-patch+json':
      if (!isMembers(change)) return 'a strategic merge patch is one object';
      return takesStrategicMerge(path.names.kind) ? { type: 'strategic', kind: path.names.kind, change } : undefined;
    case 'application/json-patch+json':
      return Array.isArray(change) ? { type: 'json', operations: change } : 'a JSON patch is a list of operations';
    default:
      return undefined;
  }
}

const isTrue = (query: URLSearchParams, name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');

const targetOf = ({ name = '', namespace = '' }: ObjectPath) => ({ name, namespace });

const members = (value: unknown): Members => (isMembers(value) ? value : {});

const statusOf = (document: unknown): Members => {
  const { metadata, status } = members(document);
  return { ...(metadata !== undefined && { metadata }), status: status ?? {} };
};

/** The name that the body says, or one made of its `generateName`, and the namespace that the path or the body says. */
function named(document: unknown, { path, store }: WriteRequest) {
  const written = members(document);
  const metadata = members(written['metadata']);
  const text = (member: string): string => (typeof metadata[member] === 'string' ? metadata[member] : '');
  const namespace = path.namespace ?? text('namespace');
  if (text('name') !== '' || text('generateName') === '') return { name: text('name'), namespace, document };
  const name = `${text('generateName')}${store.ids().replaceAll('-', '').slice(-8)}`;
  return { name, namespace, document: { ...written, metadata: { ...metadata, name } } };
}

const noName = (kind: Kind) => ({
  ...{ document: 1, kind, namespace: '', name: '', path: 'metadata.name', code: 'REQUIRED' },
  message: 'an object has a name',
});
