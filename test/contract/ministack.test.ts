import { test } from 'node:test';
import { dynamoRecords } from '../../lib/adapters/aws/dynamo-records.ts';
import { s3Blobs } from '../../lib/adapters/aws/s3-blobs.ts';
import { dynamoAt, freshBucket, freshTable, s3At } from '../support/aws-clients.ts';
import { standIn } from '../support/stand-in.ts';
import { startMiniStack } from '../support/start-ministack.ts';
import { blobsContract } from './blobs.contract.ts';
import { assertRefusals, lostAnswersContract } from './dynamo.contract.ts';
import { leasesContract } from './leases.contract.ts';
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

blobsContract('S3 on MiniStack', openBlobs, { skip });
s3Contract('MiniStack', server, { skip });
recordsContract('DynamoDB on MiniStack', openRecords, { skip });
leasesContract('DynamoDB on MiniStack', openRecords, { skip });
lostAnswersContract('DynamoDB on MiniStack', server, { skip });
test('MiniStack: a missing table and a missing server are told apart', { skip }, () => assertRefusals(server()));
