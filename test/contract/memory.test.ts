import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { blobsContract } from './blobs.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { recordsContract } from './records.contract.ts';

blobsContract('memory', () => memoryBlobs());
recordsContract('memory', () => memoryRecords());
leasesContract('memory', () => memoryRecords());
