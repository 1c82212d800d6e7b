import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { awsSecretSources } from '../../lib/adapters/aws/aws-secret-sources.ts';
import { acmClient } from '../../lib/adapters/aws/clients.ts';
import { dynamoRecords } from '../../lib/adapters/aws/dynamo-records.ts';
import { kmsSecretBox } from '../../lib/adapters/aws/kms-secret-box.ts';
import { kmsSigningKeys } from '../../lib/adapters/aws/kms-signing-keys.ts';
import { s3Blobs } from '../../lib/adapters/aws/s3-blobs.ts';
import { sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { SecretSourceFailed } from '../../lib/ports/secret-sources.ts';
import type { SecretBox } from '../../lib/ports/secret-box.ts';
import {
  dynamoAt,
  freshBucket,
  freshKey,
  freshTable,
  kmsAt,
  s3At,
  secretsManagerAt,
  sqsAt,
} from '../support/aws-clients.ts';
import { testStart } from '../support/config-store.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { freshQueues } from '../support/message-queues.ts';
import { standIn } from '../support/stand-in.ts';
import { startMiniStack } from '../support/start-ministack.ts';
import { blobsContract } from './blobs.contract.ts';
import { assertRefusals, lostAnswersContract } from './dynamo.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { type OpenedQueue, queueContract } from './queue.contract.ts';
import { recordsContract } from './records.contract.ts';
import { type OpenedBox, secretBoxContract } from './secret-box.contract.ts';
import { signingKeysContract } from './signing-keys.contract.ts';
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

async function openBox(): Promise<OpenedBox> {
  const [client, clock] = [kmsAt(server()), fakeClock({ at: testStart })];
  const [keyId, other, records] = [await freshKey(client), await freshKey(client), memoryRecords()];
  const again = (): SecretBox => kmsSecretBox({ client, keyId, records, clock });
  const stranger = (): SecretBox => kmsSecretBox({ client, keyId: other, records: memoryRecords(), clock });
  return { box: again(), again, stranger };
}

secretBoxContract('KMS on MiniStack', openBox, { skip });
signingKeysContract(
  'KMS on MiniStack',
  () => {
    const client = kmsAt(server());
    return { keys: kmsSigningKeys({ client }), again: () => kmsSigningKeys({ client }) };
  },
  { skip },
);
blobsContract('S3 on MiniStack', openBlobs, { skip });
s3Contract('MiniStack', server, { skip });
recordsContract('DynamoDB on MiniStack', openRecords, { skip });
leasesContract('DynamoDB on MiniStack', openRecords, { skip });
queueContract('SQS on MiniStack', openQueue, { skip });
lostAnswersContract('DynamoDB on MiniStack', server, { skip });
test('MiniStack: a missing table and a missing server are told apart', { skip }, () => assertRefusals(server()));

test(
  'Secrets Manager on MiniStack: what is kept there is fetched by its ARN, and what is not is told',
  { skip },
  async () => {
    const client = secretsManagerAt(server());
    const sources = awsSecretSources({ secretsManager: () => client, acm: () => acmClient() });
    const command = new CreateSecretCommand({ Name: randomUUID(), SecretString: '{"password": "x"}' });
    const { ARN: arn = '' } = await client.send(command);
    const values = await sources.fetch({ kind: 'secrets-manager', arn });
    assert.deepEqual([...values], [['password', new TextEncoder().encode('x')]]);
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretBinary: Uint8Array.from([7]) }));
    assert.deepEqual([...(await sources.fetch({ kind: 'secrets-manager', arn })).values()], [Uint8Array.from([7])]);
    const missing = sources.fetch({ kind: 'secrets-manager', arn: `${arn}x` });
    await assert.rejects(missing, (error) => error instanceof SecretSourceFailed && error.reason === 'NotFound');
  },
);
