import { epochMs } from '../../../lib/base/brand.ts';
import type { RecordKey, StoredRecord } from '../../../lib/ports/records.ts';
import { StoreRefused, StoreUnavailable } from '../../../lib/ports/store-errors.ts';
import { type Mutant, mutants } from './mutants.ts';
import type { Store } from './recorded-store.ts';

/** Where a delivery is broken: between its faults and the store, or between its processes and the faults. */
export interface Broken {
  readonly store?: Mutant;
  readonly process?: Mutant;
}

/** Services that are broken in one way each, as `mutants`. */
export const deliveryMutants = {
  'unconditional writes': { store: mutants['unconditional writes'] },
  'no fence': { store: mutants['no fence'] },
  'leases by the clock': { store: mutants['leases by the clock'] },
  /** Who builds what a message asks for does not look at the reign again (BLD-2, LE-20). */
  'shards without a fence': { store: inProcesses('shards', mutants['no fence']) },
  /** What nothing names goes, however young it is (STO-10). */
  'sweeps without grace': { store: withoutGrace },
  /** Polls are answered from heads that were replaced: a store whose reads are not consistent (SNAP-3). */
  'old heads served': { store: inProcesses('xds', withOldHeads) },
  /** A store that is away counts as one that refuses: nobody goes on with what was seen last (DLV-8). */
  'no last good heads': { process: inProcesses('xds', refusing) },
} satisfies Record<string, Broken>;

function inProcesses(kind: string, mutant: (store: Store) => Store): Mutant {
  return (store, { machine }) => (machine.name.startsWith(kind) ? mutant(store) : store);
}

function withoutGrace({ blobs, records }: Store): Store {
  const list: typeof blobs.list = async (cursor) => {
    const page = await blobs.list(cursor);
    return { ...page, blobs: page.blobs.map((blob) => ({ ...blob, storedAt: epochMs(0) })) };
  };
  return { blobs: { ...blobs, list, remove: async (hash) => blobs.remove(hash) }, records };
}

function withOldHeads({ blobs, records }: Store): Store {
  const before = new Map<string, unknown[]>();
  let reads = 0;
  const get = async <T>(key: RecordKey): Promise<StoredRecord<T> | undefined> => {
    const stored = await records.get<T>(key);
    if (key.partition !== 'heads' || stored === undefined) return stored;
    const seen = before.get(key.id) ?? [];
    if ((seen.at(-1) as StoredRecord<T> | undefined)?.etag !== stored.etag) seen.push(stored);
    before.set(key.id, seen);
    reads += 1;
    return reads % 3 === 0 ? ((seen.at(-2) as StoredRecord<T> | undefined) ?? stored) : stored;
  };
  return { blobs, records: { ...records, get } };
}

function refusing({ blobs, records }: Store): Store {
  const get: typeof records.get = async (key) => {
    try {
      return await records.get(key);
    } catch (error) {
      throw error instanceof StoreUnavailable && key.partition === 'heads' ? new StoreRefused(error.key) : error;
    }
  };
  return { blobs, records: { ...records, get } };
}
