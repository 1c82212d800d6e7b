import { applyPatch, type Operation } from 'rfc6902';
import { isMembers, type Members } from '../../base/members.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { ConfigStore } from './config-store.ts';
import type { ExistingObject } from './existing-objects.ts';
import { impliedNamespace } from './namespaces.ts';
import { printDocument } from './print-document.ts';
import type { Kind } from '../../resources/kinds.ts';
import { resourceKey } from '../../resources/resource.ts';
import { applyFields, overlaid, type ServerSideApply } from '../revisions/field-owners.ts';
import { comparedDocument, fingerprinted, withKnownValues, withoutStringData } from './shown-secrets.ts';
import { strategicMerge } from './strategic-merge.ts';
import { type KeyParts, toResource } from '../revisions/stored-object.ts';
import { type ObjectOutcome, type ObjectStep, type ObjectWrite, writeObject } from './write-object.ts';

/**
 * A change of one document. `merge` is RFC 7396; `json` is RFC 6902; `apply` is Kubernetes' server-side apply, which creates what
 * is not there; `strategic` is Kubernetes' merge of its own kinds.
 */
export type Patch =
  | { readonly type: 'merge'; readonly change: unknown }
  | ({ readonly type: 'apply' } & ServerSideApply)
  | { readonly type: 'strategic'; readonly kind: Kind; readonly change: unknown }
  | { readonly type: 'json'; readonly operations: readonly unknown[] };

export type PatchedDocument =
  { readonly ok: true; readonly document: unknown } | { readonly ok: false; readonly message: string };

/** Reads, patches and writes one object; on a lost race the patch is laid on the newer object (CS-6). */
export async function patchObject(store: ConfigStore, write: ObjectWrite, patch: Patch): Promise<ObjectOutcome> {
  const { kind, namespace, name } = write.target;
  if (kind !== 'Secret' || patch.type !== 'apply' || !isMembers(patch.change)) {
    return writeObject(store, write, (existing) => stepOf(patch, existing, write.target));
  }
  const change = withoutStringData(patch.change);
  const compared = await fingerprinted(store.secrets, resourceKey(kind, namespace, name), change);
  return writeObject(store, write, (existing) => applySecretStep({ ...patch, change }, compared, existing));
}

/**
 * As any server-side apply, but for values that nobody may see: who says which of them, and whether anybody else says another, is
 * found by their fingerprints.
 */
function applySecretStep(patch: ServerSideApply, compared: Members, existing: ExistingObject | undefined): ObjectStep {
  const owners = existing?.object.metadata.managedFields ?? [];
  const known = existing ? comparedDocument(toResource(existing.object, existing.stamp)) : {};
  const judged = applyFields(known, owners, { ...patch, change: withKnownValues(compared, known) });
  if (!judged.ok) return { step: 'stop', answer: { outcome: 'owned', conflicts: judged.conflicts } };
  const step = applyStep({ ...patch, isForced: true }, existing);
  return step.step === 'write' ? { ...step, owners: judged.owners } : step;
}

function stepOf(patch: Patch, existing: ExistingObject | undefined, { kind, name }: KeyParts): ObjectStep {
  if (!existing) {
    if (patch.type !== 'apply' && kind !== 'Namespace') return { step: 'stop', answer: { outcome: 'missing' } };
  }
  // Whoever labels a namespace that exists by use writes it down by that.
  const before = existing ? toResource(existing.object, existing.stamp) : impliedNamespace(name);
  if (patch.type === 'apply') return applyStep(patch, existing);
  const patched = patchedDocument(printDocument(before), patch);
  if (!patched.ok) return { step: 'stop', answer: { outcome: 'bad-request', message: patched.message } };
  return { step: 'write', document: patched.document };
}

function applyStep(patch: ServerSideApply, existing: ExistingObject | undefined): ObjectStep {
  const stored = existing ? printDocument(toResource(existing.object, existing.stamp)) : {};
  const applied = applyFields(stored, existing?.object.metadata.managedFields ?? [], patch);
  if (!applied.ok) return { step: 'stop', answer: { outcome: 'owned', conflicts: applied.conflicts } };
  return { step: 'write', document: applied.document, owners: applied.owners };
}

/** The document after the patch; the one given stays as it is. */
export function patchedDocument(document: unknown, patch: Patch): PatchedDocument {
  switch (patch.type) {
    case 'merge':
    case 'apply':
      return { ok: true, document: overlaid(document, patch.change) };
    case 'strategic':
      return { ok: true, document: strategicMerge(patch.kind, document, patch.change) };
    case 'json':
      return operated(document, patch.operations);
    default:
      return unreachable(patch);
  }
}

const operators = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

function operated(document: unknown, operations: readonly unknown[]): PatchedDocument {
  const malformed = operations.findIndex((operation) => !isOperation(operation));
  if (malformed >= 0) return { ok: false, message: `operation ${malformed} of the JSON patch is none of RFC 6902` };
  const copy = structuredClone(document);
  const failures = applyPatch(copy, operations as Operation[]);
  const index = failures.findIndex((failure) => failure !== null);
  if (index < 0) return { ok: true, document: copy };
  // The library quotes the values of a test that does not hold; they may be secret (STO-9).
  const failure = failures[index];
  const reason = failure?.name === 'TestError' ? 'the test does not hold' : (failure?.message ?? '');
  return { ok: false, message: `operation ${index} of the JSON patch failed: ${reason}` };
}

function isOperation(value: unknown): boolean {
  if (!isMembers(value)) return false;
  const { op, path, from } = value;
  // Pointers through a prototype would change what all objects are.
  const isPointer = (text: unknown): boolean =>
    typeof text === 'string' && /^(\/|$)/.test(text) && !/\/(__proto__|constructor|prototype)(\/|$)/.test(text);
  return operators.has(String(op)) && isPointer(path) && ((op !== 'move' && op !== 'copy') || isPointer(from));
}
