import { printTimestamp } from '../../base/timestamp.ts';
import { type Resource, resourceKey } from '../../resources/resource.ts';
import { unreachable } from '../../base/unreachable.ts';
import { missingReferencesOf } from './check-references.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import type { DocumentIssue } from './document-issue.ts';
import type { FieldConflict, FieldOwner } from '../revisions/field-owners.ts';
import { type ExistingObject, existingObjects } from './existing-objects.ts';
import { type HeadPlan, moveHead, STALE_RESOURCE_VERSION } from './move-head.ts';
import { type ParsedDocument, parseDocuments, refusalsOf } from './parse-documents.ts';
import { draftOf, type ObjectAction, type ObjectPlan, planObject, planRemoval } from './plan-objects.ts';
import { sealDocuments } from './seal-documents.ts';
import { type KeyParts, toResource } from '../revisions/stored-object.ts';

/** Which object is written, by whom. */
export interface ObjectWrite {
  readonly target: KeyParts;
  readonly writer: string;
  readonly from?: string;
  readonly isDryRun: boolean;
}

/** What to do about the object as it is now; worked out again when the race for the head is lost. */
export type ObjectStep =
  /** `owners` are who says which fields after a server-side apply; any other write leaves each its fields that it does not change. */
  | { readonly step: 'write'; readonly document: unknown; readonly owners?: readonly FieldOwner[] }
  | { readonly step: 'remove' }
  | { readonly step: 'stop'; readonly answer: StoppedWrite };

export type StoppedWrite =
  | { readonly outcome: 'exists' }
  | { readonly outcome: 'missing' }
  /** Others say some of the fields, with other values. */
  | { readonly outcome: 'owned'; readonly conflicts: readonly FieldConflict[] }
  | { readonly outcome: 'conflict'; readonly message: string }
  | { readonly outcome: 'bad-request'; readonly message: string }
  | { readonly outcome: 'refused'; readonly errors: readonly DocumentIssue[] };

export type ObjectOutcome =
  | {
      readonly outcome: 'done';
      readonly action: ObjectAction;
      /** As it is now; a removed object as it was. */
      readonly resource: Resource;
      readonly revision: number;
      readonly warnings: readonly DocumentIssue[];
    }
  | StoppedWrite
  | { readonly outcome: 'contended' };

/** Writes one object as one revision; the step says what, given what is stored. */
export async function writeObject(
  store: ConfigStore,
  write: ObjectWrite,
  stepFor: (existing: ExistingObject | undefined) => ObjectStep,
): Promise<ObjectOutcome> {
  const { kind, namespace, name } = write.target;
  const key = resourceKey(kind, namespace, name);
  const moved = await moveHead<ObjectOutcome>(
    store,
    { writer: write.writer, ...(write.from && { from: write.from }) },
    async (state) => {
      const existing = (await existingObjects(store, state, [key])).get(key);
      const next = stepFor(existing);
      switch (next.step) {
        case 'stop':
          return { plan: 'answer', answer: next.answer };
        case 'remove':
          if (!existing) return { plan: 'answer', answer: { outcome: 'missing' } };
          return planWrite(store, state, { write, plan: planRemoval(key), existing, warnings: [] });
        case 'write':
          return planDocument(store, state, { write, existing, document: next.document, owners: next.owners });
        default:
          return unreachable(next);
      }
    },
  );
  return moved.outcome === 'done' ? moved.answer : moved;
}

interface DocumentStep {
  readonly write: ObjectWrite;
  readonly existing: ExistingObject | undefined;
  readonly document: unknown;
  readonly owners: readonly FieldOwner[] | undefined;
}

async function planDocument(
  store: ConfigStore,
  state: RevisionState,
  { write, existing, document, owners }: DocumentStep,
): Promise<HeadPlan<ObjectOutcome>> {
  const parsed = parseDocuments([{ document: 1, place: '', value: document }], write.target.namespace);
  const [only] = parsed.documents;
  if (!only) return { plan: 'answer', answer: { outcome: 'refused', errors: parsed.errors } };
  const refusals = refusalsOf([only]);
  if (refusals.length > 0) return { plan: 'answer', answer: { outcome: 'refused', errors: refusals } };
  const stray = strayIdentity(only, write.target);
  if (stray) return { plan: 'answer', answer: { outcome: 'bad-request', message: stray } };
  const stale = staleVersion(only.resource, existing);
  if (stale) return { plan: 'answer', answer: stale };

  const sealed = await sealDocuments(store, [only], new Map(existing && [[existing.key, existing]]));
  const [stored] = sealed.documents;
  if (!stored) return { plan: 'answer', answer: { outcome: 'refused', errors: sealed.errors } };
  const birth = { revision: state.revision + 1, time: printTimestamp(store.clock.now()), uid: store.ids() };
  const plan = planObject(stored.resource, existing, { ...birth, ...(owners && { owners }) });
  const missing = await missingReferencesOf(store, state, { documents: [stored], plans: [plan] });
  const warnings = [...stored.warnings, ...(missing.get(plan.key) ?? [])];
  return planWrite(store, state, { write, plan, existing, warnings });
}

interface PlannedWrite {
  readonly write: ObjectWrite;
  readonly plan: ObjectPlan;
  readonly existing: ExistingObject | undefined;
  readonly warnings: readonly DocumentIssue[];
}

async function planWrite(
  store: ConfigStore,
  state: RevisionState,
  { write, plan, existing, warnings }: PlannedWrite,
): Promise<HeadPlan<ObjectOutcome>> {
  const shown = plan.after ?? existing;
  if (!shown) return { plan: 'answer', answer: { outcome: 'missing' } };
  const isWrite = plan.action !== 'unchanged' && !write.isDryRun;
  const revision = isWrite ? state.revision + 1 : state.revision;
  const resource = toResource(shown.object, shown.stamp);
  const answer: ObjectOutcome = { outcome: 'done', action: plan.action, resource, revision, warnings };
  return isWrite ? { plan: 'revise', draft: await draftOf(store, state, [plan]), answer } : { plan: 'answer', answer };
}

/** A body cannot be stored under another identity than the one in the path (CS-6). */
function strayIdentity({ resource }: ParsedDocument, target: KeyParts): string | undefined {
  const { name, namespace } = resource.metadata;
  if (resource.kind !== target.kind)
    return `the kind of the object (${resource.kind}) is not the one of the path (${target.kind})`;
  if (name !== target.name)
    return `the name of the object (${name}) does not match the name on the URL (${target.name})`;
  if (namespace !== target.namespace) {
    return `the namespace of the object (${namespace}) does not match the namespace on the request (${target.namespace})`;
  }
  return undefined;
}

/** CS-4: a stale version is a conflict, none at all overwrites. */
function staleVersion({ metadata }: Resource, existing: ExistingObject | undefined): StoppedWrite | undefined {
  const { resourceVersion, uid } = metadata;
  if (uid && existing && uid !== existing.object.metadata.uid) {
    return { outcome: 'conflict', message: `the uid in the request (${uid}) is not the one of the stored object` };
  }
  if (!resourceVersion || resourceVersion === String(existing?.stamp.resourceVersion)) return undefined;
  return { outcome: 'conflict', message: STALE_RESOURCE_VERSION };
}
