import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { type FaultOdds, flakyBlobs, flakyRecords, seededFaults } from '../support/faulty-store.ts';
import { mortalStore } from '../support/mortal-store.ts';
import { blobsContract } from './blobs.contract.ts';
import { recordsContract } from './records.contract.ts';

// The wrappers of the fault simulations keep the contract themselves, so that what they show is the fault alone.

const reordered: FaultOdds = { unavailable: 0, lostAnswer: 0, lateWrite: 0 };

blobsContract('flaky, with delays alone', () => flakyBlobs(memoryBlobs(), seededFaults(1, reordered)));
recordsContract('flaky, with delays and short pages alone', () =>
  flakyRecords(memoryRecords(), seededFaults(1, reordered)),
);
blobsContract('mortal, alive', () => mortalStore({ blobs: memoryBlobs(), records: memoryRecords() }).blobs);
recordsContract('mortal, alive', () => mortalStore({ blobs: memoryBlobs(), records: memoryRecords() }).records);
