import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { dynamoClient, kmsClient, s3Client, secretsManagerClient, sqsClient } from '../../lib/adapters/aws/clients.ts';
import { recordsTable } from '../../lib/adapters/aws/records-table.ts';
import { durationMs } from '../../lib/base/brand.ts';
import type { StartedServer } from './started-server.ts';

export function s3At({ endpoint, region, credentials }: StartedServer): S3Client {
  return s3Client({ endpoint, region, credentials });
}

export function dynamoAt({ endpoint, region, credentials }: StartedServer): DynamoDBClient {
  return dynamoClient({ endpoint, region, credentials, patience: STAND_IN_PATIENCE });
}

export function sqsAt({ endpoint, region, credentials }: StartedServer): SQSClient {
  return sqsClient({ endpoint, region, credentials, patience: STAND_IN_PATIENCE });
}

export function kmsAt({ endpoint, region, credentials }: StartedServer): KMSClient {
  return kmsClient({ endpoint, region, credentials, patience: STAND_IN_PATIENCE });
}

export function secretsManagerAt({ endpoint, region, credentials }: StartedServer): SecretsManagerClient {
  return secretsManagerClient({ endpoint, region, credentials, patience: STAND_IN_PATIENCE });
}

/** Makes a key of its own for one test and answers its id. */
export async function freshKey(client: KMSClient): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  return KeyMetadata?.KeyId ?? '';
}

/** The first request to a stand-in that has just started may take seconds on a busy machine. */
const STAND_IN_PATIENCE = durationMs(60_000);

/** Makes a bucket of its own for one test and answers its name. */
export async function freshBucket(client: S3Client, { versioned = false } = {}): Promise<string> {
  const bucket = `b-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  if (versioned) {
    const enabled = { VersioningConfiguration: { Status: 'Enabled' as const } };
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, ...enabled }));
  }
  return bucket;
}

/** Makes a table of its own for one test and answers its name; the stand-ins have it ready at once. */
export async function freshTable(client: DynamoDBClient): Promise<string> {
  const table = `t-${randomUUID()}`;
  await client.send(new CreateTableCommand(recordsTable(table)));
  return table;
}

/**
 * Lets requests through and then drops chosen answers on their way back, as a broken connection does; the SDK retries as it
 * would in the cloud. `isLost` is asked once per answer, in order.
 */
export function loseAnswers(client: DynamoDBClient, isLost: () => boolean | Promise<boolean>): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (await isLost())
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
      return answer;
    },
    { step: 'deserialize', priority: 'high', name: 'loseAnswers' },
  );
}
