import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { dynamoRecords } from '../../lib/adapters/aws/dynamo-records.ts';
import { s3Blobs } from '../../lib/adapters/aws/s3-blobs.ts';
import { sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { dynamoAt, freshBucket, freshTable, s3At, sqsAt } from '../support/aws-clients.ts';
import { freshQueues } from '../support/message-queues.ts';
import { standIn } from '../support/stand-in.ts';
import { startMiniStack } from '../support/start-ministack.ts';
import { blobsContract } from './blobs.contract.ts';
import { assertRefusals, lostAnswersContract } from './dynamo.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { type OpenedQueue, queueContract } from './queue.contract.ts';
import { recordsContract } from './records.contract.ts';
import { s3Contract } from './s3.contract.ts';

const { skip, server } = await standIn('ministack', startMiniStack);

async function openBlobs() {
  const client = s3At(server());
  return s3Blobs({ client, bucket: await freshBucket(client), prefix: 'blobs/' });
}

async function openRecords() {
  const client = dynamoAt(server());
  return dynamoRecords({ client, table: await freshTable(client) });
}

const visibility = durationMs(1_000);

async function openQueue(): Promise<OpenedQueue> {
  const client = sqsAt(server());
  const { url, deadLetters } = await freshQueues(client, { visibility });
  return {
    queue: sqsQueue({ client, url }),
    deadLetters: sqsQueue({ client, url: deadLetters }),
    pass: () => delay(visibility),
  };
}

blobsContract('S3 on MiniStack', openBlobs, { skip });
s3Contract('MiniStack', server, { skip });
recordsContract('DynamoDB on MiniStack', openRecords, { skip });
leasesContract('DynamoDB on MiniStack', openRecords, { skip });
queueContract('SQS on MiniStack', openQueue, { skip });
lostAnswersContract('DynamoDB on MiniStack', server, { skip });
test('MiniStack: a missing table and a missing server are told apart', { skip }, () => assertRefusals(server()));
