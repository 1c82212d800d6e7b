import type { Blobs } from '../../../lib/ports/blobs.ts';
import type { Etag, Records } from '../../../lib/ports/records.ts';
import type { Happening, RecordWritten } from './history.ts';

export interface Store {
  readonly blobs: Blobs;
  readonly records: Records;
}

/** The same store, which notes every write that goes in, by whom. */
export function recordedStore({ blobs, records }: Store, by: string, note: (happening: Happening) => void): Store {
  const noted = async (write: Write, under: Promise<Etag | undefined>): Promise<Etag | undefined> => {
    const etag = await under;
    if (etag !== undefined) note({ what: 'record', by, ...write, etag });
    return etag;
  };
  const put: Blobs['put'] = async (bytes) => {
    const hash = await blobs.put(bytes);
    note({ what: 'blob', by, hash, bytes: Uint8Array.from(bytes) });
    return hash;
  };
  return {
    blobs: {
      ...blobs,
      put,
      putAll: (bodies) => Promise.all(bodies.map(put)),
      remove: async (hash, storedBefore) => {
        await blobs.remove(hash, storedBefore);
        if ((await blobs.get(hash)) === undefined) note({ what: 'blob-removed', by, hash });
      },
    },
    records: {
      ...records,
      removeIf: async (key, expected) => {
        const isRemoved = await records.removeIf(key, expected);
        if (isRemoved) note({ what: 'record-removed', by, key });
        return isRemoved;
      },
      putIf: (key, record, expected) => noted({ key, record, expected }, records.putIf(key, record, expected)),
      putGuarded: (key, record, { expected, guard }) =>
        noted({ key, record, expected, guard }, records.putGuarded(key, record, { expected, guard })),
    },
  };
}

type Write = Omit<RecordWritten, 'what' | 'by' | 'etag'>;
