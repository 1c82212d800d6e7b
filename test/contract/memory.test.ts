import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryQueue } from '../../lib/adapters/memory/memory-queue.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { testStart } from '../support/config-store.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { blobsContract } from './blobs.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { type OpenedQueue, queueContract } from './queue.contract.ts';
import { recordsContract } from './records.contract.ts';

blobsContract('memory', () => memoryBlobs());
recordsContract('memory', () => memoryRecords());
leasesContract('memory', () => memoryRecords());

const visibility = durationMs(1_000);

queueContract('memory', (): OpenedQueue => {
  const clock = fakeClock({ at: testStart });
  const deadLetters = memoryQueue(clock, { visibility });
  return {
    queue: memoryQueue(clock, { visibility, deadLetters }),
    deadLetters,
    pass: async () => clock.advance(visibility),
  };
});
