import type { RecordKey, Records } from '../ports/records.ts';

/** Tells of every write that went in, as DynamoDB's stream does in the cloud; at the latest when the writer has its answer. */
export function watchedRecords(records: Records, onWritten: (key: RecordKey) => void): Records {
  return {
    get: (key) => records.get(key),
    list: (partition, options) => records.list(partition, options),
    async putIf(key, record, expected) {
      const written = await records.putIf(key, record, expected);
      if (written !== undefined) onWritten(key);
      return written;
    },
    async putGuarded(key, record, condition) {
      const written = await records.putGuarded(key, record, condition);
      if (written !== undefined) onWritten(key);
      return written;
    },
    async removeIf(key, expected) {
      const isRemoved = await records.removeIf(key, expected);
      if (isRemoved) onWritten(key);
      return isRemoved;
    },
  };
}
