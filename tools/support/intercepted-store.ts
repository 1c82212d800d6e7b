import type { ContentHash } from '../../lib/base/hashing.ts';
import type { Blobs } from '../../lib/ports/blobs.ts';
import type { Etag, GuardedCondition, ListOptions, RecordKey, Records } from '../../lib/ports/records.ts';

/** One call on its way to a store. */
export interface StoreCall<T> {
  /** `records.putIf heads/config`, for messages. */
  readonly what: string;
  readonly isWrite: boolean;
  /** Of what is to be written, as JSON in UTF-8 if it is a record; absent for reads and removals. */
  readonly writtenBytes?: number;
  readonly run: () => Promise<T>;
}

/** Stands between a caller and a store: may run the call, once, now, later or never. */
export type Intercept = <T>(call: StoreCall<T>) => Promise<T>;

/** The same records, every call of which goes through `intercept`. */
export function interceptRecords(records: Records, intercept: Intercept): Records {
  const on = (method: string, key: RecordKey): string => `records.${method} ${key.partition}/${key.id}`;
  return {
    get: <T>(key: RecordKey) => intercept({ what: on('get', key), isWrite: false, run: () => records.get<T>(key) }),
    putIf: <T>(key: RecordKey, record: T, expected: Etag | undefined) => {
      const { asGiven, writtenBytes } = snapshot(record);
      const run = (): Promise<Etag | undefined> => records.putIf(key, asGiven, expected);
      return intercept({ what: on('putIf', key), isWrite: true, writtenBytes, run });
    },
    putGuarded: <T>(key: RecordKey, record: T, condition: GuardedCondition) => {
      const { asGiven, writtenBytes } = snapshot(record);
      const run = (): Promise<Etag | undefined> => records.putGuarded(key, asGiven, condition);
      return intercept({ what: on('putGuarded', key), isWrite: true, writtenBytes, run });
    },
    removeIf: (key, expected) =>
      intercept({ what: on('removeIf', key), isWrite: true, run: () => records.removeIf(key, expected) }),
    list: <T>(partition: string, options?: ListOptions) =>
      intercept({ what: `records.list ${partition}`, isWrite: false, run: () => records.list<T>(partition, options) }),
  };
}

/** The record as it is now: a call that is carried out late must not see what its caller does to the object meanwhile. */
function snapshot<T>(record: T): { readonly asGiven: T; readonly writtenBytes: number } {
  const json = JSON.stringify(record) as string | undefined;
  if (json === undefined) return { asGiven: record, writtenBytes: 0 }; // what is no JSON is left for the store to refuse
  return { asGiven: JSON.parse(json) as T, writtenBytes: Buffer.byteLength(json) };
}

/** The same blobs, every call of which goes through `intercept`; `putAll` is a call per body, as it is on S3. */
export function interceptBlobs(blobs: Blobs, intercept: Intercept): Blobs {
  const put: Blobs['put'] = (bytes) => {
    const asGiven = Uint8Array.from(bytes);
    const run = (): Promise<ContentHash> => blobs.put(asGiven);
    return intercept({ what: 'blobs.put', isWrite: true, writtenBytes: asGiven.byteLength, run });
  };
  return {
    put,
    putAll: async (bodies) => {
      const settled = await Promise.allSettled(bodies.map(put));
      return settled.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
    },
    get: (hash) => intercept({ what: `blobs.get ${hash}`, isWrite: false, run: () => blobs.get(hash) }),
    list: (cursor) => intercept({ what: 'blobs.list', isWrite: false, run: () => blobs.list(cursor) }),
    remove: (hash, storedBefore) =>
      intercept({ what: `blobs.remove ${hash}`, isWrite: true, run: () => blobs.remove(hash, storedBefore) }),
  };
}
