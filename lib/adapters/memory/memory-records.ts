import { type Etag, etag, type ListOptions, type RecordKey, type Records } from '../../ports/records.ts';
import { checkKey, checkKeyPart, checkLimit, encodeRecord } from '../record-json.ts';
import { fillPage, readRow, type RecordRow } from '../record-page.ts';

/**
 * Records that live as long as the process, for tests and `serve --in-memory`. They are kept as JSON text, so what a
 * caller does to its object later does not show. Etags count up, which keeps simulations with one seed alike.
 */
export function memoryRecords(): Records {
  const partitions = new Map<string, Map<string, RecordRow>>();
  let writes = 0;
  const rowOf = ({ partition, id }: RecordKey): RecordRow | undefined => partitions.get(partition)?.get(id);
  const holds = (key: RecordKey, expected: Etag | undefined): boolean => rowOf(key)?.etag === expected;

  const put = (key: RecordKey, record: unknown, expected: Etag | undefined): Etag | undefined => {
    checkKey(key);
    const json = encodeRecord(key, record);
    if (!holds(key, expected)) return undefined;
    writes += 1;
    const rows = partitions.get(key.partition) ?? new Map<string, RecordRow>();
    partitions.set(key.partition, rows.set(key.id, { id: key.id, json, etag: `m${writes}` }));
    return etag(`m${writes}`);
  };
  return {
    async get<T>(key: RecordKey) {
      checkKey(key);
      const row = rowOf(key);
      return row && readRow<T>(key.partition, row);
    },
    putIf: async (key, record, expected) => put(key, record, expected),
    async putGuarded(key, record, { expected, guard }) {
      checkKey(guard.key);
      return holds(guard.key, guard.etag) ? put(key, record, expected) : undefined;
    },
    async removeIf(key, expected) {
      checkKey(key);
      if (!holds(key, expected)) return false;
      partitions.get(key.partition)?.delete(key.id);
      return true;
    },
    async list<T>(partition: string, options: ListOptions = {}) {
      checkKeyPart('partition', partition);
      const rows = inOrder([...(partitions.get(partition)?.values() ?? [])], options);
      return fillPage<T>(partition, rows, checkLimit(options.limit));
    },
  };
}

function inOrder(rows: readonly RecordRow[], { prefix = '', cursor }: ListOptions): readonly RecordRow[] {
  return rows
    .filter((row) => row.id.startsWith(prefix) && (cursor === undefined || byBytes(row.id, cursor) > 0))
    .sort((a, b) => byBytes(a.id, b.id));
}

/** UTF-8 orders as code points do; JavaScript's `<` orders UTF-16 units, which differs beyond the basic plane. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
