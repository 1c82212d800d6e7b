import type { ConfigStore } from './config-store.ts';
import { type ChangeCounts, findRevision, type NamedCommit, parentOf, readCommit } from '../revisions/commit.ts';
import { readNewest } from '../revisions/head.ts';
import { readNode } from '../revisions/read-trie.ts';
import { entriesOf } from '../revisions/trie-node.ts';

/** One revision as people read it. */
export interface RevisionSummary {
  readonly revision: number;
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  readonly writer: string;
  readonly message?: string;
  readonly counts: ChangeCounts;
  /** How many objects there are at this revision. */
  readonly objects: number;
  /** Equal trees are equal content, at whichever revision. */
  readonly tree: string;
}

export interface HistoryPage {
  /** The newest first. */
  readonly revisions: readonly RevisionSummary[];
  /** Ask for the page before this revision to go on; absent on the last page. */
  readonly before?: number;
}

/** The history backwards from the newest revision, or from the one before a given revision. */
export async function readHistory(
  store: ConfigStore,
  { limit, before }: { readonly limit: number; readonly before?: number },
): Promise<HistoryPage> {
  const newest = await readNewest(store.records, store.reader);
  const start =
    newest && before !== undefined && before <= newest.revision
      ? await findRevision(store.reader, newest, before - 1)
      : newest;
  const revisions: RevisionSummary[] = [];
  let at = start;
  while (at && revisions.length < limit) {
    revisions.push(await summaryOf(store, at));
    const parent = parentOf(at);
    at = parent && (await readCommit(store.reader, parent));
  }
  const last = revisions.at(-1);
  return at && last ? { revisions, before: last.revision } : { revisions };
}

export async function readRevision(store: ConfigStore, revision: number): Promise<RevisionSummary | undefined> {
  const newest = await readNewest(store.records, store.reader);
  const found = newest && (await findRevision(store.reader, newest, revision));
  return found && summaryOf(store, found);
}

async function summaryOf(store: Pick<ConfigStore, 'reader'>, { content }: NamedCommit): Promise<RevisionSummary> {
  const { revision, time, writer, message, counts, tree } = content;
  const objects = entriesOf(await readNode(store.reader, tree));
  return { revision, time, writer, ...(message !== undefined && { message }), counts, objects, tree };
}
