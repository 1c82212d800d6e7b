import type { Blobs } from '../../lib/ports/blobs.ts';
import type { Records } from '../../lib/ports/records.ts';
import { interceptBlobs, interceptRecords, type StoreCall } from '../../tools/support/intercepted-store.ts';

export interface CountedStore {
  readonly blobs: Blobs;
  readonly records: Records;
  /** What was called since the last time this was asked, in order. */
  takeCalls(): readonly string[];
}

/** The store as one process sees it, with every call written down. */
export function countedStore(store: { readonly blobs: Blobs; readonly records: Records }): CountedStore {
  let calls: string[] = [];
  const intercept = <T>({ what, run }: StoreCall<T>): Promise<T> => {
    calls.push(what);
    return run();
  };
  return {
    blobs: interceptBlobs(store.blobs, intercept),
    records: interceptRecords(store.records, intercept),
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}
