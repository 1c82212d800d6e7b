import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import type { Blobs } from '../../lib/ports/blobs.ts';
import type { Records } from '../../lib/ports/records.ts';
import { interceptBlobs, interceptRecords, type StoreCall } from '../support/intercepted-store.ts';

/** What a store was asked for. Units are DynamoDB's on-demand ones, for consistent reads. */
export interface StoreTally {
  readonly recordReads: number;
  readonly recordWrites: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly blobReads: number;
  readonly blobWrites: number;
  readonly writtenBytes: number;
}

export interface TalliedStore {
  readonly blobs: Blobs;
  readonly records: Records;
  /** What was asked for since the last time this was asked. */
  takeTally(): StoreTally;
}

/** Bytes of one unit. Source: DynamoDB developer guide, "On-demand capacity mode". */
const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

const NOTHING: StoreTally = {
  recordReads: 0,
  recordWrites: 0,
  readUnits: 0,
  writeUnits: 0,
  blobReads: 0,
  blobWrites: 0,
  writtenBytes: 0,
};

/** An empty store in memory that counts every call, whoever makes it. */
export function talliedStore(): TalliedStore {
  let tally = { ...NOTHING };
  const onRecords = async <T>({ what, isWrite, writtenBytes = 0, run }: StoreCall<T>): Promise<T> => {
    const result = await run();
    if (isWrite) {
      tally.recordWrites += 1;
      tally.writeUnits += writeUnits(what, writtenBytes);
      tally.writtenBytes += writtenBytes;
    } else {
      tally.recordReads += 1;
      tally.readUnits += units(JSON.stringify(result ?? '').length, READ_UNIT_BYTES);
    }
    return result;
  };
  const onBlobs = async <T>({ isWrite, writtenBytes = 0, run }: StoreCall<T>): Promise<T> => {
    if (isWrite) tally.blobWrites += 1;
    else tally.blobReads += 1;
    tally.writtenBytes += writtenBytes;
    return run();
  };
  return {
    blobs: interceptBlobs(memoryBlobs(), onBlobs),
    records: interceptRecords(memoryRecords(), onRecords),
    takeTally() {
      const taken = tally;
      tally = { ...NOTHING };
      return taken;
    },
  };
}

/** A guarded write is a transaction of the write and the check of one small record, and a transaction costs twice. */
function writeUnits(what: string, bytes: number): number {
  const plain = units(bytes, WRITE_UNIT_BYTES);
  return what.startsWith('records.putGuarded') ? 2 * (plain + 1) : plain;
}

const units = (bytes: number, unitBytes: number): number => Math.max(1, Math.ceil(bytes / unitBytes));

/** One tally, combined field by field with another. */
export function combinedTallies(
  one: StoreTally,
  other: StoreTally,
  join: (a: number, b: number) => number,
): StoreTally {
  const keys = Object.keys(NOTHING) as (keyof StoreTally)[];
  return Object.fromEntries(keys.map((key) => [key, join(one[key], other[key])])) as Record<keyof StoreTally, number>;
}
