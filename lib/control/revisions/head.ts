import type { Records, RecordKey, StoredRecord } from '../../ports/records.ts';
import { type CommitRef, type NamedCommit, readCommit } from './commit.ts';
import type { BlobReader } from './blob-reader.ts';

/** The one mutable truth about what people configured (STO-3): which commit is the newest. Absent before the first apply. */
export const HEAD_KEY: RecordKey = { partition: 'config', id: 'head' };

export type StoredHead = StoredRecord<CommitRef>;

export async function readHead(records: Pick<Records, 'get'>): Promise<StoredHead | undefined> {
  return records.get<CommitRef>(HEAD_KEY);
}

/** The newest commit, or `undefined` while nothing was ever applied. */
export async function readNewest(records: Pick<Records, 'get'>, reader: BlobReader): Promise<NamedCommit | undefined> {
  const head = await readHead(records);
  return head && readCommit(reader, head.record);
}
