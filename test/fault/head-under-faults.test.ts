import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { type ContentHash, contentHash } from '../../lib/base/hashing.ts';
import type { Blobs } from '../../lib/ports/blobs.ts';
import type { Records } from '../../lib/ports/records.ts';
import { StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { flakyBlobs, flakyRecords, seededFaults } from '../support/faulty-store.ts';

// The smallest user of the ports as they are meant: bodies first, then one head by conditional write, and a look before every
// new attempt. If the contract is enough for this one, it is enough for the product.

const SEEDS = 400;
const WRITERS = 4;
const WRITES_EACH = 5;

interface Head {
  /** Body of each write, oldest first; `ids` names who made it. */
  readonly bodies: readonly ContentHash[];
  readonly ids: readonly string[];
}

const head = { partition: 'heads', id: 'config' };

test(`FLT-2: over ${SEEDS} seeds, no acknowledged write is lost, none happens twice, and every body exists`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await simulate(seed);
    } catch (cause) {
      throw new Error(`seed ${seed} fails`, { cause });
    }
  }
});

async function simulate(seed: number): Promise<void> {
  const sound = { blobs: memoryBlobs(), records: memoryRecords() };
  const faults = seededFaults(seed);
  const seen: Head[] = [];
  const store = { blobs: flakyBlobs(sound.blobs, faults), records: flakyRecords(sound.records, faults) };
  const acknowledged = await Promise.all(
    Array.from({ length: WRITERS }, (_, writer) => runWriter(`w${writer}`, store, seen)),
  );
  await faults.stop();

  const last = (await sound.records.get<Head>(head))?.record;
  assert.ok(last);
  assert.equal(new Set(last.ids).size, last.ids.length, 'a write happened twice');
  for (const id of acknowledged.flat()) assert.ok(last.ids.includes(id), `${id} was acknowledged and is lost`);
  for (const hash of last.bodies) assert.ok(await sound.blobs.get(contentHash(hash)), 'a head names a missing body');
  for (const before of seen) assert.deepEqual(last.ids.slice(0, before.ids.length), before.ids, 'the head went back');
}

/** Answers the ids of its writes that were acknowledged; the others may or may not have happened. */
async function runWriter(
  name: string,
  store: { readonly blobs: Blobs; readonly records: Records },
  seen: Head[],
): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let write = 0; write < WRITES_EACH; write++) {
    const id = `${name}-${write}`;
    if (await append(id, store, seen)) acknowledged.push(id);
  }
  return acknowledged;
}

const ATTEMPTS = 30;

async function append(
  id: string,
  { blobs, records }: { readonly blobs: Blobs; readonly records: Records },
  seen: Head[],
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const body = await blobs.put(Buffer.from(`body of ${id}`));
      const stored = await records.get<Head>(head);
      if (stored) seen.push(stored.record);
      if (stored?.record.ids.includes(id)) return true;
      const { bodies = [], ids = [] } = stored?.record ?? {};
      const next: Head = { bodies: [...bodies, body], ids: [...ids, id] };
      if ((await records.putIf(head, next, stored?.etag)) !== undefined) return true;
    } catch (error) {
      // Open outcome: the next attempt reads before it writes.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
  return false;
}
