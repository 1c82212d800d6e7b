import { canonicalJson, type ContentHash, hashOf } from '../../base/hashing.ts';
import type { LabelSelector } from '../../base/label-selector.ts';
import { isMembers } from '../../base/members.ts';
import { printTimestamp } from '../../base/timestamp.ts';
import { keyOf } from '../../resources/resource.ts';
import { missingReferencesOf } from './check-references.ts';
import { type ConfigStore, parentState, type RevisionState } from './config-store.ts';
import { type DocumentIssue, documentIssue, inOrder, resourceName } from './document-issue.ts';
import type { SourceDocument } from '../../resources/read-documents.ts';
import { type ExistingObject, existingObjects } from './existing-objects.ts';
import type { RefuseWrite } from '../identity/rights.ts';
import { findIdempotent } from './find-idempotent.ts';
import { type HeadPlan, moveHead, STALE_RESOURCE_VERSION } from './move-head.ts';
import { objectName, type ObjectName } from './object-name.ts';
import { type ParsedDocument, parseDocuments, refusalsOf } from './parse-documents.ts';
import { draftOf, type ObjectAction, type ObjectPlan, planObject } from './plan-objects.ts';
import { planPruning } from './plan-pruning.ts';
import { sealDocuments } from './seal-documents.ts';
import { splitKey } from '../revisions/stored-object.ts';
import { diffTries } from '../revisions/read-trie.ts';

export interface ApplyRequest {
  readonly documents: readonly SourceDocument[];
  /** What could not even be read; with one such error nothing is applied. */
  readonly unreadable: readonly DocumentIssue[];
  readonly defaultNamespace: string;
  readonly writer: string;
  readonly from?: string;
  /** Asked for each object before anything is written; without it everything may be. */
  readonly refuseWrite?: RefuseWrite;
  readonly isDryRun: boolean;
  /** Objects that it selects and that are not among the documents are taken out. Never empty. */
  readonly prune?: LabelSelector;
  /** Apply only onto this revision; 0 is the empty store. */
  readonly expectRevision?: number;
  readonly idempotencyKey?: string;
  readonly message?: string;
}

/** What became of one object, in the order of the documents; pruned objects come last. */
export interface ApplyResult extends ObjectName {
  readonly action: ObjectAction;
  readonly warnings: readonly string[];
}

export type ApplyOutcome =
  | { readonly outcome: 'applied'; readonly revision: number; readonly results: readonly ApplyResult[] }
  /** Something is wrong with the documents: all errors, and nothing was stored. */
  | { readonly outcome: 'refused'; readonly errors: readonly DocumentIssue[] }
  /** The store is not as the client expects it. */
  | {
      readonly outcome: 'conflict';
      readonly revision: number;
      readonly errors: readonly DocumentIssue[];
      readonly message: string;
    }
  | { readonly outcome: 'forbidden'; readonly message: string }
  | { readonly outcome: 'contended' };

/**
 * Makes one revision of all documents, or none (STO-4). Everything is checked against the tree that it would produce, again
 * after every lost race. When nothing changes there is no new revision.
 */
export async function applyDocuments(store: ConfigStore, request: ApplyRequest): Promise<ApplyOutcome> {
  const parsed = parseDocuments(request.documents, request.defaultNamespace);
  const errors = inOrder([...request.unreadable, ...parsed.errors, ...refusalsOf(parsed.documents)]);
  if (errors.length > 0) {
    const { writer, documents } = request;
    store.log.info('apply', { outcome: 'refused', documents: documents.length, errors: errors.length, writer });
    return { outcome: 'refused', errors };
  }
  const denied = deniedWrite(store, request, parsed.documents);
  if (denied) return denied;
  const requestHash = hashOf([
    await Promise.all(request.documents.map(async ({ value }) => sayable(store, value))),
    request.prune ?? null,
    request.defaultNamespace,
  ]);
  const { idempotencyKey: key, message, writer, from } = request;
  const moved = await moveHead<ApplyOutcome>(
    store,
    {
      writer,
      ...(from && { from }),
      ...(message && { message }),
      ...(key && { idempotency: { key, request: requestHash } }),
    },
    (state) => planApply(store, state, { request, requestHash, documents: parsed.documents }),
  );
  return moved.outcome === 'done' ? moved.answer : moved;
}

/** Whoever may not write one of the documents writes none of them, and learns of nothing that is stored. */
function deniedWrite(
  { log }: Pick<ConfigStore, 'log'>,
  { refuseWrite = () => undefined, writer, from }: ApplyRequest,
  documents: readonly ParsedDocument[],
): ApplyOutcome | undefined {
  for (const { resource } of documents) {
    const message = refuseWrite({ kind: resource.kind, namespace: resource.metadata.namespace });
    if (message === undefined) continue;
    log.warn('denied', { who: writer, ...(from && { from }), kind: resource.kind, reason: message });
    return { outcome: 'forbidden', message: `${keyOf(resource)}: ${message}` };
  }
  return undefined;
}

function deniedPruning(
  { refuseWrite = () => undefined }: ApplyRequest,
  pruned: readonly ObjectPlan[],
): ApplyOutcome | undefined {
  for (const { key } of pruned) {
    const { kind, namespace } = splitKey(key);
    const message = refuseWrite({ kind, namespace });
    if (message !== undefined) return { outcome: 'forbidden', message: `${key} would be pruned: ${message}` };
  }
  return undefined;
}

/** A document as it may stand in a hash that is stored: a hash of a password would let anyone try words on it (STO-9). */
async function sayable({ secrets }: Pick<ConfigStore, 'secrets'>, value: unknown): Promise<unknown> {
  if (!isMembers(value) || value['kind'] !== 'Secret') return value;
  return secrets.fingerprint(new TextEncoder().encode(canonicalJson(value)), 'request');
}

interface Wanted {
  readonly request: ApplyRequest;
  readonly requestHash: ContentHash;
  readonly documents: readonly ParsedDocument[];
}

async function planApply(store: ConfigStore, state: RevisionState, wanted: Wanted): Promise<HeadPlan<ApplyOutcome>> {
  const { request, documents } = wanted;
  const earlier = await answerFoundAgain(store, state, wanted);
  if (earlier) return { plan: 'answer', answer: earlier };

  const keys = documents.map(({ resource }) => keyOf(resource));
  const existing = await existingObjects(store, state, keys);
  const conflict = conflictWith(state, wanted, existing);
  if (conflict) return { plan: 'answer', answer: conflict };

  const sealed = await sealDocuments(store, documents, existing);
  if (sealed.errors.length > 0) return { plan: 'answer', answer: { outcome: 'refused', errors: sealed.errors } };

  const birth = { revision: state.revision + 1, time: printTimestamp(store.clock.now()) };
  const written = sealed.documents.map(({ resource }) =>
    planObject(resource, existing.get(keyOf(resource)), { ...birth, uid: store.ids() }),
  );
  const pruned = await planPruning(store, state, { selector: request.prune, kept: new Set(keys) });
  const kept = deniedPruning(request, pruned);
  if (kept) return { plan: 'answer', answer: kept };
  const plans = [...written, ...pruned];
  const warnings = await missingReferencesOf(store, state, { documents: sealed.documents, plans });

  const isChange = plans.some(({ action }) => action !== 'unchanged');
  const isWrite = isChange && !request.isDryRun;
  const revision = isWrite ? birth.revision : state.revision;
  const results = resultsOf(sealed.documents, plans, warnings);
  const answer: ApplyOutcome = { outcome: 'applied', revision, results };
  return isWrite ? { plan: 'revise', draft: await draftOf(store, state, plans), answer } : { plan: 'answer', answer };
}

function conflictWith(
  { revision }: RevisionState,
  { request, documents }: Wanted,
  existing: ReadonlyMap<string, ExistingObject>,
): ApplyOutcome | undefined {
  const expected = request.expectRevision;
  if (expected !== undefined && expected !== revision) {
    const message = `expected revision ${expected}, but the newest is ${revision}`;
    return { outcome: 'conflict', revision, errors: [], message };
  }
  const errors = documents.flatMap((document) => staleness(document, existing.get(keyOf(document.resource))));
  if (errors.length === 0) return undefined;
  return { outcome: 'conflict', revision, errors, message: STALE_RESOURCE_VERSION };
}

/** A document without a resourceVersion overwrites whatever is there (CS-4). */
function staleness(
  { source, resource }: ParsedDocument,
  existing: ExistingObject | undefined,
): readonly DocumentIssue[] {
  const { resourceVersion } = resource.metadata;
  if (!resourceVersion || resourceVersion === String(existing?.stamp.resourceVersion)) return [];
  const message = existing
    ? `${STALE_RESOURCE_VERSION}: the document has ${resourceVersion}, the stored object ${existing.stamp.resourceVersion}`
    : `${STALE_RESOURCE_VERSION}: the document has ${resourceVersion}, but no such object is stored; leave the field out to create it`;
  const issue = { severity: 'error', code: 'CONFLICT', path: 'metadata.resourceVersion', message } as const;
  return [documentIssue(source, resourceName(resource), issue)];
}

function resultsOf(
  documents: readonly ParsedDocument[],
  plans: readonly ObjectPlan[],
  warnings: ReadonlyMap<string, readonly DocumentIssue[]>,
): readonly ApplyResult[] {
  return plans.map(({ key, action }, index) => {
    const noticed = [...(documents[index]?.warnings ?? []), ...(warnings.get(key) ?? [])];
    return resultOf(key, action, noticed);
  });
}

function resultOf(key: string, action: ObjectAction, warnings: readonly DocumentIssue[]): ApplyResult {
  const texts = warnings.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return { ...objectName(key), action, warnings: texts };
}

/**
 * The answer of an earlier request with the same key (STO-5), worked out again from what its revision changed. A key that
 * was used for something else is a conflict: answering with either would be wrong.
 */
async function answerFoundAgain(
  store: ConfigStore,
  state: RevisionState,
  { request, requestHash, documents }: Wanted,
): Promise<ApplyOutcome | undefined> {
  if (request.idempotencyKey === undefined || request.isDryRun) return undefined;
  const earlier = await findIdempotent(store, state, request.idempotencyKey);
  if (!earlier) return undefined;
  if (earlier.content.idempotency?.request !== requestHash) {
    const message = `the idempotency key was used for another request, which made revision ${earlier.revision}`;
    return { outcome: 'conflict', revision: state.revision, errors: [], message };
  }
  const before = await parentState(store, earlier);
  const changes = await diffTries<ContentHash>(store.reader, before.tree, earlier.content.tree);
  const actions = new Map(documents.map(({ resource }): [string, ObjectAction] => [keyOf(resource), 'unchanged']));
  for (const change of changes) {
    actions.set(
      change.key,
      change.after === undefined ? 'pruned' : change.before === undefined ? 'created' : 'configured',
    );
  }
  const results = [...actions].map(([key, action], index) => resultOf(key, action, documents[index]?.warnings ?? []));
  return { outcome: 'applied', revision: earlier.revision, results };
}
