import { hashBytes } from '../../../lib/base/hashing.ts';
import type { Lease } from '../../../lib/control/lead/lease.ts';
import { etag, type RecordKey, type Records, type StoredRecord } from '../../../lib/ports/records.ts';
import type { Machine } from './machine.ts';
import type { Store } from './recorded-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The store as a broken service would use it: every rule that is left out here must show in the histories. */
export type Mutant = (store: Store, of: { readonly machine: Machine; readonly time: VirtualTime }) => Store;

const isHead = ({ partition }: RecordKey): boolean => partition === 'config' || partition === 'heads';

export const mutants = {
  /** Writes whatever is there (STO-3, BLD-2). */
  'unconditional writes': ({ blobs, records }) => ({ blobs, records: unconditional(records) }),
  /** Writes of a leader do not look at its lease (LE-20). */
  'no fence': ({ blobs, records }) => ({
    blobs,
    records: { ...records, putGuarded: (key, record, { expected }) => records.putIf(key, record, expected) },
  }),
  /** Says that a body is stored when it is on its way only (STO-4, SNAP-5). */
  'bodies after heads': ({ blobs, records }, { time }) => {
    const put = async (bytes: Uint8Array): ReturnType<typeof blobs.put> => {
      time.after(200, () => void blobs.put(bytes));
      return hashBytes(bytes);
    };
    return { blobs: { ...blobs, put, putAll: (bodies) => Promise.all(bodies.map(put)) }, records };
  },
  /** Takes a lease over when its own clock has passed the holder's (LE-4). */
  'leases by the clock': ({ blobs, records }, { machine }) => ({
    blobs,
    records: {
      ...records,
      get: async <T>(key: RecordKey) => {
        const stored = await records.get<T>(key);
        return key.partition === 'leases' && stored ? (expired(stored as never, machine) as typeof stored) : stored;
      },
    },
  }),
  /** A conditional write that did not hold counts as done (STO-4). */
  'lost races won': ({ blobs, records }) => ({
    blobs,
    records: {
      ...records,
      putIf: async (key, record, expected) =>
        (await records.putIf(key, record, expected)) ?? (isHead(key) ? etag('none') : undefined),
    },
  }),
} satisfies Record<string, Mutant>;

function unconditional(records: Records): Records {
  const put: Records['putIf'] = async (key, record) => records.putIf(key, record, (await records.get(key))?.etag);
  return {
    ...records,
    putIf: put,
    putGuarded: async (key, record, { guard }) => {
      const expected = (await records.get(key))?.etag;
      return records.putGuarded(key, record, { expected, guard });
    },
  };
}

function expired(stored: StoredRecord<Lease>, { clock }: Machine): StoredRecord<Lease> {
  const { record } = stored;
  const endsAt = record.renewTime + record.leaseDurationSeconds * 1_000;
  return clock.now() < endsAt ? stored : { ...stored, record: { ...record, holderIdentity: '' } };
}
