import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need } from '../support/needs.ts';
import { startDynamoDbLocal } from '../support/start-dynamodb-local.ts';
import { startMiniStack } from '../support/start-ministack.ts';
import { startVersitygw } from '../support/start-versitygw.ts';
import type { StartedServer } from '../support/started-server.ts';

// What every stand-in must do at the least for the adapters' contract tests to mean something.

test('MiniStack refuses a second conditional write, in S3 and in DynamoDB', await need('ministack'), async () => {
  await withServer(startMiniStack(), async (server) => {
    assert.deepEqual(await putTwiceToBucket(server), ['ok', 'PreconditionFailed']);
    assert.deepEqual(await putTwiceToTable(server), ['ok', 'ConditionalCheckFailedException']);
  });
});

test('DynamoDB Local refuses a second conditional write', await need('dynamodb-local'), async () => {
  await withServer(startDynamoDbLocal(), async (server) => {
    assert.deepEqual(await putTwiceToTable(server), ['ok', 'ConditionalCheckFailedException']);
  });
});

test('versitygw refuses a second conditional write and a wrong signature', await need('versitygw'), async () => {
  await withServer(startVersitygw(), async (server) => {
    assert.deepEqual(await putTwiceToBucket(server), ['ok', 'PreconditionFailed']);
    const forged = { ...server, credentials: { ...server.credentials, secretAccessKey: 'forged' } };
    const read = s3Of(forged).send(new GetObjectCommand({ Bucket: 'probe', Key: 'key' }));
    await assert.rejects(read, { name: 'SignatureDoesNotMatch' });
  });
});

async function withServer(starting: Promise<StartedServer>, use: (server: StartedServer) => Promise<void>) {
  const server = await starting;
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

async function putTwiceToBucket(server: StartedServer): Promise<string[]> {
  const s3 = s3Of(server);
  await s3.send(new CreateBucketCommand({ Bucket: 'probe' }));
  const put = (): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: 'probe', Key: 'key', Body: 'body', IfNoneMatch: '*' }));
  return [await outcomeOf(put()), await outcomeOf(put())];
}

async function putTwiceToTable({ endpoint, region, credentials }: StartedServer): Promise<string[]> {
  const dynamo = new DynamoDBClient({ endpoint, region, credentials });
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'probe',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const condition = { ConditionExpression: 'attribute_not_exists(id)' };
  const put = (): Promise<unknown> =>
    dynamo.send(new PutItemCommand({ TableName: 'probe', Item: { id: { S: 'one' } }, ...condition }));
  return [await outcomeOf(put()), await outcomeOf(put())];
}

function s3Of({ endpoint, region, credentials }: StartedServer): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
}

function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (failure: unknown) => (failure instanceof Error ? failure.name : String(failure)),
  );
}
