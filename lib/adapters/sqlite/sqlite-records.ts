import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type Etag,
  etag,
  type GuardedCondition,
  type ListOptions,
  type RecordKey,
  type Records,
} from '../../ports/records.ts';
import { checkKey, checkKeyPart, checkLimit, encodeRecord, keyName } from '../record-json.ts';
import { fillPage, readRow, type RecordRow } from '../record-page.ts';
import { accessing } from './sqlite-errors.ts';

/** The guard of a write: none when its etag is null, else the row must be there with that etag. */
const GUARD =
  '(? IS NULL OR EXISTS (SELECT 1 FROM records AS guard WHERE guard.partition = ? AND guard.id = ? AND guard.etag = ?))';

/** Records as rows of the embedded database. Each call is one statement, which SQLite carries out whole or not at all. */
export function sqliteRecords(db: DatabaseSync): Records {
  const select = db.prepare('SELECT id, json, etag FROM records WHERE partition = ? AND id = ?');
  const insert = db.prepare(
    `INSERT INTO records (partition, id, json, etag) SELECT ?, ?, ?, ? WHERE ${GUARD} ON CONFLICT DO NOTHING`,
  );
  const update = db.prepare(
    `UPDATE records SET json = ?, etag = ? WHERE partition = ? AND id = ? AND etag = ? AND ${GUARD}`,
  );
  const remove = db.prepare('DELETE FROM records WHERE partition = ? AND id = ? AND etag = ?');
  // Text compares as its UTF-8 bytes.
  const scan = db.prepare(
    'SELECT id, json, etag FROM records WHERE partition = ? AND id > ? AND id >= ? ORDER BY id LIMIT ?',
  );

  const rowOf = (key: RecordKey): RecordRow | undefined => {
    checkKey(key);
    const row = accessing(keyName(key), () => select.get(key.partition, key.id));
    return row && toRecordRow(row);
  };
  const put = (
    key: RecordKey,
    record: unknown,
    { expected, guard }: Pick<GuardedCondition, 'expected'> & Partial<GuardedCondition>,
  ): Etag | undefined => {
    checkKey(key);
    if (guard) checkKey(guard.key);
    const json = encodeRecord(key, record);
    const next = etag(randomUUID()); // random, so that it cannot return after a removal
    const guarded = guard ? [guard.etag, guard.key.partition, guard.key.id, guard.etag] : [null, '', '', ''];
    const { changes } = accessing(keyName(key), () =>
      expected === undefined
        ? insert.run(key.partition, key.id, json, next, ...guarded)
        : update.run(json, next, key.partition, key.id, expected, ...guarded),
    );
    return changes === 1 ? next : undefined;
  };
  return {
    async get<T>(key: RecordKey) {
      const row = rowOf(key);
      return row && readRow<T>(key.partition, row);
    },
    putIf: async (key, record, expected) => put(key, record, { expected }),
    putGuarded: async (key, record, condition) => put(key, record, condition),
    async removeIf(key: RecordKey, expected: Etag | undefined) {
      if (expected === undefined) return rowOf(key) === undefined;
      checkKey(key);
      return accessing(keyName(key), () => remove.run(key.partition, key.id, expected).changes === 1);
    },
    async list<T>(partition: string, options: ListOptions = {}) {
      checkKeyPart('partition', partition);
      const limit = checkLimit(options.limit);
      return accessing(partition, () => fillPage<T>(partition, rowsAfter(scan, partition, options), limit));
    },
  };
}

/** The rows of a page and the one behind it; ids with the prefix lie side by side, so the first without it ends them. */
function* rowsAfter(scan: StatementSync, partition: string, options: ListOptions): Generator<RecordRow> {
  const { prefix = '', cursor = '', limit } = options;
  for (const row of scan.iterate(partition, cursor, prefix, checkLimit(limit) + 1)) {
    const found = toRecordRow(row);
    if (!found.id.startsWith(prefix)) return;
    yield found;
  }
}

function toRecordRow(row: Record<string, unknown>): RecordRow {
  return { id: String(row.id), json: String(row.json), etag: String(row.etag) };
}
