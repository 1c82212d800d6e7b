// A program: opens the data directory given as its argument, writes for ever, and prints one line per acknowledged write.
// Each line is `chain revision hash`: the record `heads/<chain>` was moved to that revision, whose body is the blob `hash`.
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../lib/adapters/sqlite/sqlite-store.ts';

const [directory = ''] = process.argv.slice(2);
const { blobs, records } = openSqliteStore(directory);
const CHAINS = 4;

async function writeChain(chain: number): Promise<never> {
  const key = { partition: 'heads', id: `chain-${chain}` };
  for (;;) {
    const stored = await records.get<{ revision: number }>(key);
    const revision = (stored?.record.revision ?? 0) + 1;
    const bodies = [1, 2, 3].map((part) => Buffer.from(`${chain} ${revision} ${part} `.repeat(500)));
    const [hash] = await blobs.putAll(bodies);
    const won = await records.putIf(key, { revision, hash }, stored?.etag);
    if (won === undefined) throw new Error(`chain ${chain} has one writer and cannot lose a race`);
    writeSync(1, `${chain} ${revision} ${hash}\n`);
    await new Promise(setImmediate);
  }
}

await Promise.all(Array.from({ length: CHAINS }, (_, chain) => writeChain(chain)));
