import { type Etag, etag, type RecordPage, type StoredRecord } from '../ports/records.ts';
import { decodeRecord } from './record-json.ts';

/** A stored record before its JSON is read. */
export interface RecordRow {
  readonly id: string;
  readonly json: string;
  readonly etag: string;
}

/** About what DynamoDB puts into one page; keeps a list of large records from filling the memory. */
const PAGE_CHARACTERS = 1_000_000;

/** One page from rows that lie in order after the cursor; reads no further than the page needs. */
export function fillPage<T>(partition: string, rows: Iterable<RecordRow>, limit: number): RecordPage<T> {
  const records: StoredRecord<T>[] = [];
  let characters = 0;
  for (const row of rows) {
    const last = records.at(-1);
    if (last !== undefined && (records.length === limit || characters >= PAGE_CHARACTERS)) {
      return { records, cursor: last.id };
    }
    records.push(readRow<T>(partition, row));
    characters += row.json.length;
  }
  return { records };
}

export function readRow<T>(partition: string, row: RecordRow): StoredRecord<T> {
  const token: Etag = etag(row.etag);
  return { id: row.id, record: decodeRecord<T>({ partition, id: row.id }, row.json), etag: token };
}
