import assert from 'node:assert/strict';
import { etag, type Etag, type RecordKey, type Records } from '../../lib/ports/records.ts';

export const key = { partition: 'heads', id: 'config' };
export const stale = etag('never-given-out');

export const create = (records: Records, record: unknown): Promise<Etag> => createAt(records, key, record);

export async function createAt(records: Records, at: RecordKey, record: unknown): Promise<Etag> {
  const won = await records.putIf(at, record, undefined);
  assert.ok(won !== undefined, 'a first write wins');
  return won;
}
