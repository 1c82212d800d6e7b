import { durationMs, type DurationMs } from '../../base/brand.ts';
import { hashBytes } from '../../base/hashing.ts';
import { printTimestampMs } from '../../base/timestamp.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Etag } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { type ConfigStore, type RevisionState, stateOf } from './config-store.ts';
import {
  type ChangeCounts,
  type Commit,
  type CommitRef,
  findRevision,
  type Idempotency,
  jumpFrom,
  nameCommit,
  readCommit,
} from '../revisions/commit.ts';
import { HEAD_KEY, readHead } from '../revisions/head.ts';
import type { TrieRoot } from '../revisions/trie-node.ts';

/** A race is lost at most this often in a row; every loss means that someone else's revision went in. */
const MAX_ATTEMPTS = 12;

/** A write of the head whose answer was lost is looked after this often before the caller is told that nobody knows. */
const MAX_LOST_ANSWERS = 4;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** Enough for every client that may still repeat a request; about 100 bytes each in every commit. */
const REMEMBERED_KEYS = 64;

/** What a writer is told whose object is not the newest (CS-4). */
export const STALE_RESOURCE_VERSION = 'conflicting resource version, try again';

/** Who writes a revision, and why. */
export interface Authorship {
  readonly writer: string;
  /** The address it came from, for the log alone. */
  readonly from?: string;
  readonly message?: string;
  readonly idempotency?: Idempotency;
}

/** The content of a revision that may follow the state it was made from. */
export interface RevisionDraft {
  readonly tree: TrieRoot;
  readonly stamps: TrieRoot;
  /** Everything the two tries name that may not be stored yet. */
  readonly blobs: readonly Uint8Array[];
  readonly counts: ChangeCounts;
}

/** What to do at one state: answer without a write, or make the next revision and then answer. */
export type HeadPlan<Answer> =
  | { readonly plan: 'answer'; readonly answer: Answer }
  | { readonly plan: 'revise'; readonly draft: RevisionDraft; readonly answer: Answer };

export type HeadMove<Answer> =
  | { readonly outcome: 'done'; readonly answer: Answer }
  /** Other writers were faster every time; the same request may well succeed a little later. */
  | { readonly outcome: 'contended' };

/**
 * Brings a new revision about: plans on the newest state, stores all bodies, then moves the head by a conditional write
 * (STO-3, STO-4). A lost race plans again on the new head. Bodies come first, so whoever dies here leaves nothing half done.
 */
export async function moveHead<Answer extends { readonly outcome: string }>(
  store: ConfigStore,
  authorship: Authorship,
  planAt: (state: RevisionState) => Promise<HeadPlan<Answer>>,
): Promise<HeadMove<Answer>> {
  const note = writeNoter(store, authorship);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const head = await readHead(store.records);
    const state = stateOf(head && (await readCommit(store.reader, head.record)));
    const next = await planAt(state);
    switch (next.plan) {
      case 'answer':
        note({ outcome: next.answer.outcome, revision: state.revision, counts: NOTHING_CHANGED, lostRaces: attempt });
        return { outcome: 'done', answer: next.answer };
      case 'revise': {
        const commit = nameCommit(await commitAfter(store, state, { authorship, draft: next.draft }));
        await store.blobs.putAll([...next.draft.blobs, commit.bytes]);
        const moved = await putHead(store, { revision: commit.revision, commit: commit.commit }, head?.etag);
        if (moved) {
          const { revision, content } = commit;
          note({ outcome: next.answer.outcome, revision, counts: content.counts, lostRaces: attempt });
          return { outcome: 'done', answer: next.answer };
        }
        await store.clock.sleep(pauseAfter(attempt, store.ids()));
        break;
      }
      default:
        unreachable(next);
    }
  }
  note({ outcome: 'contended', counts: NOTHING_CHANGED, lostRaces: MAX_ATTEMPTS });
  return { outcome: 'contended' };
}

const NOTHING_CHANGED: ChangeCounts = { created: 0, configured: 0, pruned: 0 };

interface WriteNote {
  readonly outcome: string;
  /** The newest revision, when it is known; with counts above zero it is the one that was made. */
  readonly revision?: number;
  readonly counts: ChangeCounts;
  readonly lostRaces: number;
}

/** Writes the one line of the log that every write of the config leaves, whether it changed anything or not. */
function writeNoter({ clock, log }: ConfigStore, { writer, from, message }: Authorship): (note: WriteNote) => void {
  const started = clock.now();
  return ({ counts, ...said }) =>
    log.info('apply', {
      ...said,
      ...counts,
      writer,
      ...(from && { from }),
      ...(message && { message }),
      ms: clock.now() - started,
    });
}

async function commitAfter(
  store: ConfigStore,
  state: RevisionState,
  { authorship, draft }: { readonly authorship: Authorship; readonly draft: RevisionDraft },
): Promise<Commit> {
  return {
    revision: state.revision + 1,
    id: store.ids(),
    parent: state.newest?.commit ?? null,
    jump: state.newest ? await jumpFrom(store.reader, state.newest) : null,
    tree: draft.tree,
    stamps: draft.stamps,
    time: printTimestampMs(store.clock.now()),
    counts: draft.counts,
    ...withoutAddress(authorship),
    ...recentKeys(state, authorship),
  };
}

/** Addresses of people are not kept with what they wrote. */
function withoutAddress({ from: _from, ...kept }: Authorship): Omit<Authorship, 'from'> {
  return kept;
}

function recentKeys(state: RevisionState, { idempotency }: Authorship): Pick<Commit, 'recentKeys'> {
  const own = idempotency ? [{ key: idempotency.key, revision: state.revision + 1 }] : [];
  const keys = [...own, ...(state.newest?.content.recentKeys ?? [])].slice(0, REMEMBERED_KEYS);
  return keys.length > 0 ? { recentKeys: keys } : {};
}

/**
 * Moves the head; false when another writer was faster. A write with a lost answer has an open outcome: repeating it is
 * safe because it expects the same etag, and when that fails the history says whether the first one went in (STO-5).
 */
async function putHead(store: ConfigStore, next: CommitRef, expected: Etag | undefined): Promise<boolean> {
  let lost: unknown;
  for (let attempt = 0; attempt < MAX_LOST_ANSWERS; attempt += 1) {
    try {
      if ((await store.records.putIf(HEAD_KEY, next, expected)) !== undefined) return true;
      return lost !== undefined && (await isInHistory(store, next));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      lost = error;
      await store.clock.sleep(pauseAfter(attempt, store.ids()));
    }
  }
  throw lost;
}

async function isInHistory(store: ConfigStore, ref: CommitRef): Promise<boolean> {
  const head = await readHead(store.records);
  if (!head) return false;
  const found = await findRevision(store.reader, await readCommit(store.reader, head.record), ref.revision);
  return found?.commit === ref.commit;
}

/** Doubles with each attempt, with the whole of it left to chance, so that writers who met once do not meet again. */
function pauseAfter(attempt: number, chance: string): DurationMs {
  const share = Number.parseInt(hashBytes(chance).slice(0, 8), 16) / 0x1_0000_0000;
  return durationMs(Math.ceil(share * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)));
}
