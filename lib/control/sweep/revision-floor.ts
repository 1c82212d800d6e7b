import type { DurationMs, EpochMs } from '../../base/brand.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import type { BlobReader } from '../revisions/blob-reader.ts';
import { type CommitRef, type NamedCommit, parentOf, readCommit } from '../revisions/commit.ts';

/** The oldest revision whose content is kept. Those before are still told of, and can no longer be read or gone back to. */
interface RevisionFloor {
  readonly oldest: number;
}

const KEY: RecordKey = { partition: 'config', id: 'floor' };

/** 0 while everything is kept. */
export async function oldestKept(records: Pick<Records, 'get'>): Promise<number> {
  return (await records.get<RevisionFloor>(KEY))?.record.oldest ?? 0;
}

export interface KeptRevisions {
  /** All there ever were, the newest first. */
  readonly commits: readonly NamedCommit[];
  readonly isKept: (revision: number) => boolean;
}

/**
 * Which revisions keep their content: those from the floor on, the one before it, which they are compared with, and those that a
 * request may still be found again by (STO-5).
 */
export async function keptRevisions(
  records: Pick<Records, 'get'>,
  reader: BlobReader,
  newest: CommitRef,
): Promise<KeptRevisions> {
  const oldest = await oldestKept(records);
  const commits = await allCommits(reader, newest);
  const answers = commits[0]?.content.recentKeys?.flatMap(({ revision }) => [revision, revision - 1]);
  const kept = new Set(answers);
  return { commits, isKept: (revision) => revision >= oldest - 1 || kept.has(revision) };
}

/**
 * Moves the floor up to the oldest revision that was the newest at some time within `age`; it never goes down. Their content is
 * not taken away by this, but is named by nothing from now on.
 */
export async function raiseFloor(
  records: Pick<Records, 'get' | 'putIf'>,
  reader: BlobReader,
  { newest, age, now }: { readonly newest: CommitRef; readonly age: DurationMs; readonly now: EpochMs },
): Promise<number> {
  const found = await records.get<RevisionFloor>(KEY);
  const commits = await allCommits(reader, newest);
  // The first, from the newest on, that was old enough when it was made was still the newest at the beginning of the time.
  const oldest = commits.find(({ content }) => (parseTimestamp(content.time) ?? now) <= now - age)?.revision ?? 0;
  const before = found?.record.oldest ?? 0;
  if (oldest <= before) return before;
  await records.putIf<RevisionFloor>(KEY, { oldest }, found?.etag);
  return oldest;
}

async function allCommits(reader: BlobReader, newest: CommitRef): Promise<readonly NamedCommit[]> {
  const commits: NamedCommit[] = [];
  for (let at: CommitRef | undefined = newest; at;) {
    const commit = await readCommit(reader, at);
    commits.push(commit);
    at = parentOf(commit);
  }
  return commits;
}
