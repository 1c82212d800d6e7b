import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import type { BlobReader } from './blob-reader.ts';
import { encodeJsonBlob, type TrieRoot } from './trie-node.ts';

/** One accepted revision, stored as a blob that never changes. */
export interface Commit {
  /** Grows by one from commit to commit; the first is 1. */
  readonly revision: number;
  /** Unique to this attempt, so that two writers with the same change never make the same commit. */
  readonly id: string;
  readonly parent: ContentHash | null;
  /** An ancestor further back (or the parent), by which any older revision is found in O(log n) reads; null in the first. */
  readonly jump: CommitRef | null;
  /** Trie from resource key to the hash of the object's content. */
  readonly tree: TrieRoot;
  /** Trie from resource key to `Stamp`; apart from the tree, so that a rollback's tree equals the old one. */
  readonly stamps: TrieRoot;
  readonly writer: string;
  /** RFC 3339, by the writer's clock. */
  readonly time: string;
  readonly message?: string;
  readonly counts: ChangeCounts;
  /** The client's key for this request, by which an answer that was lost is found again (STO-5). */
  readonly idempotency?: Idempotency;
  /** The keys of the newest requests that had one, newest first: a key is looked up without walking the history. */
  readonly recentKeys?: readonly RecentKey[];
}

export interface RecentKey {
  readonly key: string;
  readonly revision: number;
}

export interface CommitRef {
  readonly revision: number;
  readonly commit: ContentHash;
}

/** A commit under its name. */
export interface NamedCommit extends CommitRef {
  readonly content: Commit;
}

/** What the store says about an object beside its content (STO-6). */
export interface Stamp {
  /** The revision that last changed the object's spec or metadata. */
  readonly resourceVersion: number;
  /** Grows by one with each change of the spec. */
  readonly generation: number;
}

export interface ChangeCounts {
  readonly created: number;
  readonly configured: number;
  readonly pruned: number;
}

export interface Idempotency {
  readonly key: string;
  /** Hash of the request, so that a key that is used for another request is noticed. */
  readonly request: ContentHash;
}

export function nameCommit(content: Commit): NamedCommit & { readonly bytes: Uint8Array } {
  const bytes = encodeJsonBlob(content);
  return { revision: content.revision, commit: hashBytes(bytes), content, bytes };
}

export async function readCommit(reader: BlobReader, { revision, commit }: CommitRef): Promise<NamedCommit> {
  return { revision, commit, content: await reader.read<Commit>(commit) };
}

/**
 * Where a child of `parent` jumps to. Two jumps of equal length in a row are joined into one, which gives every commit a
 * path of O(log n) jumps to each ancestor with one pointer per commit.
 * Source: Myers, "An applicative random-access stack" (skew-binary jump pointers).
 */
export async function jumpFrom(reader: BlobReader, parent: NamedCommit): Promise<CommitRef> {
  const self: CommitRef = { revision: parent.revision, commit: parent.commit };
  const first = parent.content.jump;
  if (first === null) return self;
  const second = (await readCommit(reader, first)).content.jump ?? first;
  const isEqualLength = parent.revision - first.revision === first.revision - second.revision;
  return isEqualLength ? second : self;
}

/** The commit of an older revision, seen from a newer one; `undefined` when there is none of that number. */
export async function findRevision(
  reader: BlobReader,
  from: NamedCommit,
  revision: number,
): Promise<NamedCommit | undefined> {
  if (!Number.isInteger(revision) || revision < 1 || revision > from.revision) return undefined;
  let at = from;
  while (at.revision > revision) {
    const { jump } = at.content;
    const next = jump && jump.revision >= revision ? jump : parentOf(at);
    if (!next) return undefined;
    at = await readCommit(reader, next);
  }
  return at;
}

export function parentOf({ revision, content }: NamedCommit): CommitRef | undefined {
  return content.parent === null ? undefined : { revision: revision - 1, commit: content.parent };
}
