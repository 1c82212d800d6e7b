import { type ContentHash, hashOf } from '../../base/hashing.ts';
import type { ApplyResult } from './apply-documents.ts';
import { type ConfigStore, isKept, type RevisionState, stateOf } from './config-store.ts';
import { type HeadPlan, moveHead, type RevisionDraft } from './move-head.ts';
import { objectName } from './object-name.ts';
import type { RefuseWrite } from '../identity/rights.ts';
import type { ObjectAction } from './plan-objects.ts';
import { findRevision, type Stamp } from '../revisions/commit.ts';
import { editTrie } from '../revisions/edit-trie.ts';
import { diffTries, lookUp, type TrieChange } from '../revisions/read-trie.ts';
import { byKey, splitKey, type StoredObject } from '../revisions/stored-object.ts';

export interface RollbackRequest {
  readonly revision: number;
  readonly writer: string;
  readonly from?: string;
  /** Asked for each object that changes back; without it everything may be. */
  readonly refuseWrite?: RefuseWrite;
  readonly message?: string;
  readonly isDryRun: boolean;
  /** Roll back only from this revision. */
  readonly expectRevision?: number;
}

export type RollbackOutcome =
  | { readonly outcome: 'applied'; readonly revision: number; readonly results: readonly ApplyResult[] }
  | { readonly outcome: 'missing'; readonly newest: number }
  | { readonly outcome: 'conflict'; readonly revision: number; readonly message: string }
  | { readonly outcome: 'forbidden'; readonly message: string }
  | { readonly outcome: 'contended' };

/**
 * Makes a new revision whose tree is the one of an old revision (STO-7). Nothing is checked again: the way back must be open
 * also when the rules have become stricter since; what no longer passes is named by the next build.
 */
export async function rollback(store: ConfigStore, request: RollbackRequest): Promise<RollbackOutcome> {
  const message = request.message ?? `rollback to revision ${request.revision}`;
  const { writer, from } = request;
  const authorship = { writer, ...(from && { from }), message };
  const moved = await moveHead<RollbackOutcome>(store, authorship, (state) => planRollback(store, state, request));
  return moved.outcome === 'done' ? moved.answer : moved;
}

async function planRollback(
  store: ConfigStore,
  state: RevisionState,
  { revision, expectRevision, isDryRun, refuseWrite = () => undefined }: RollbackRequest,
): Promise<HeadPlan<RollbackOutcome>> {
  if (expectRevision !== undefined && expectRevision !== state.revision) {
    const message = `expected revision ${expectRevision}, but the newest is ${state.revision}`;
    return { plan: 'answer', answer: { outcome: 'conflict', revision: state.revision, message } };
  }
  const found = state.newest && (await findRevision(store.reader, state.newest, revision));
  if (!found || !(await isKept(store, revision)))
    return { plan: 'answer', answer: { outcome: 'missing', newest: state.revision } };
  const old = stateOf(found);
  const changes = await diffTries<ContentHash>(store.reader, state.tree, old.tree);
  for (const { key } of changes) {
    const { kind, namespace } = splitKey(key);
    const message = refuseWrite({ kind, namespace });
    if (message !== undefined)
      return { plan: 'answer', answer: { outcome: 'forbidden', message: `${key}: ${message}` } };
  }
  const results = [...changes].sort((a, b) => byKey(a.key, b.key)).map(resultOf);
  if (changes.length === 0 || isDryRun) {
    return { plan: 'answer', answer: { outcome: 'applied', revision: state.revision, results } };
  }
  const draft = await draftRollback(store, { state, old, changes });
  return { plan: 'revise', draft, answer: { outcome: 'applied', revision: state.revision + 1, results } };
}

interface Way {
  readonly state: RevisionState;
  readonly old: RevisionState;
  readonly changes: readonly TrieChange<ContentHash>[];
}

/** The old tree with new stamps: to watchers and writers, every object that changes back has changed. */
async function draftRollback(store: ConfigStore, { state, old, changes }: Way): Promise<RevisionDraft> {
  const keys = changes.map(({ key }) => key);
  const [now, then] = await Promise.all([
    lookUp<Stamp>(store.reader, state.stamps, keys),
    lookUp<Stamp>(store.reader, old.stamps, keys),
  ]);
  const stamps = new Map<string, Stamp | undefined>();
  for (const change of changes) {
    const generation = await generationAfter(store, change, now.get(change.key) ?? then.get(change.key));
    stamps.set(change.key, change.after && { resourceVersion: state.revision + 1, generation });
  }
  const edited = await editTrie<Stamp>(store.reader, state.stamps, stamps);
  const count = (action: ObjectAction): number => changes.filter((change) => actionOf(change) === action).length;
  return {
    tree: old.tree,
    stamps: edited.root,
    blobs: edited.blobs,
    counts: { created: count('created'), configured: count('configured'), pruned: count('pruned') },
  };
}

/** An object that comes back goes on counting where it was; one whose spec stays keeps its generation. */
async function generationAfter(
  store: Pick<ConfigStore, 'reader'>,
  { before, after }: TrieChange<ContentHash>,
  last: Stamp | undefined,
): Promise<number> {
  const generation = last?.generation ?? 0;
  if (before === undefined || after === undefined) return generation + 1;
  const [old, next] = await store.reader.readAll<StoredObject>([before, after]);
  return hashOf(old?.spec) === hashOf(next?.spec) ? generation : generation + 1;
}

function actionOf({ before, after }: TrieChange<ContentHash>): ObjectAction {
  if (after === undefined) return 'pruned';
  return before === undefined ? 'created' : 'configured';
}

function resultOf(change: TrieChange<ContentHash>): ApplyResult {
  return { ...objectName(change.key), action: actionOf(change), warnings: [] };
}
