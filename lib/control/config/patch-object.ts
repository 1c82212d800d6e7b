import { applyPatch, type Operation } from 'rfc6902';
import { unreachable } from '../../base/unreachable.ts';
import type { ConfigStore } from './config-store.ts';
import type { ExistingObject } from './existing-objects.ts';
import { impliedNamespace } from './namespaces.ts';
import { printDocument } from './print-document.ts';
import type { Kind } from '../../resources/kinds.ts';
import { strategicMerge } from './strategic-merge.ts';
import { type KeyParts, toResource } from '../revisions/stored-object.ts';
import { type ObjectOutcome, type ObjectStep, type ObjectWrite, writeObject } from './write-object.ts';

/**
 * A change of one document. `merge` is RFC 7396; `json` is RFC 6902; `apply` lays the document over the stored one, or
 * creates it: nobody owns fields here, so an `apply` that leaves a field out does not take it away. `strategic` is Kubernetes'
 * merge of its own kinds.
 */
export type Patch =
  | { readonly type: 'merge' | 'apply'; readonly change: unknown }
  | { readonly type: 'strategic'; readonly kind: Kind; readonly change: unknown }
  | { readonly type: 'json'; readonly operations: readonly unknown[] };

export type PatchedDocument =
  { readonly ok: true; readonly document: unknown } | { readonly ok: false; readonly message: string };

/** Reads, patches and writes one object; on a lost race the patch is laid on the newer object (CS-6). */
export async function patchObject(store: ConfigStore, write: ObjectWrite, patch: Patch): Promise<ObjectOutcome> {
  return writeObject(store, write, (existing) => stepOf(patch, existing, write.target));
}

function stepOf(patch: Patch, existing: ExistingObject | undefined, { kind, name }: KeyParts): ObjectStep {
  if (!existing) {
    if (patch.type === 'apply') return { step: 'write', document: patch.change };
    if (kind !== 'Namespace') return { step: 'stop', answer: { outcome: 'missing' } };
  }
  // Whoever labels a namespace that exists by use writes it down by that.
  const before = existing ? toResource(existing.object, existing.stamp) : impliedNamespace(name);
  const patched = patchedDocument(printDocument(before), patch);
  if (!patched.ok) return { step: 'stop', answer: { outcome: 'bad-request', message: patched.message } };
  return { step: 'write', document: patched.document };
}

/** The document after the patch; the one given stays as it is. */
export function patchedDocument(document: unknown, patch: Patch): PatchedDocument {
  switch (patch.type) {
    case 'merge':
    case 'apply':
      return { ok: true, document: merged(document, patch.change) };
    case 'strategic':
      return { ok: true, document: strategicMerge(patch.kind, document, patch.change) };
    case 'json':
      return operated(document, patch.operations);
    default:
      return unreachable(patch);
  }
}

/** RFC 7396: null takes a member away, objects are merged, everything else is replaced. */
function merged(target: unknown, change: unknown): unknown {
  if (!isRecord(change)) return change;
  const result = new Map(Object.entries(isRecord(target) ? target : {}));
  for (const [member, value] of Object.entries(change)) {
    if (value === null) result.delete(member);
    else result.set(member, merged(result.get(member), value));
  }
  return Object.fromEntries(result);
}

const operators = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

function operated(document: unknown, operations: readonly unknown[]): PatchedDocument {
  const malformed = operations.findIndex((operation) => !isOperation(operation));
  if (malformed >= 0) return { ok: false, message: `operation ${malformed} of the JSON patch is none of RFC 6902` };
  const copy = structuredClone(document);
  const failures = applyPatch(copy, operations as Operation[]);
  const index = failures.findIndex((failure) => failure !== null);
  if (index < 0) return { ok: true, document: copy };
  return { ok: false, message: `operation ${index} of the JSON patch failed: ${failures[index]?.message ?? ''}` };
}

function isOperation(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { op, path, from } = value;
  // Pointers through a prototype would change what all objects are.
  const isPointer = (text: unknown): boolean =>
    typeof text === 'string' && /^(\/|$)/.test(text) && !/\/(__proto__|constructor|prototype)(\/|$)/.test(text);
  return operators.has(String(op)) && isPointer(path) && ((op !== 'move' && op !== 'copy') || isPointer(from));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
