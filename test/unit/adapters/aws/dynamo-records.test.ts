import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamoRecords } from '../../../../lib/adapters/aws/dynamo-records.ts';
import { etag } from '../../../../lib/ports/records.ts';
import { CorruptStore, StoreRefused, StoreUnavailable } from '../../../../lib/ports/store-errors.ts';

const key = { partition: 'p', id: 'a' };

function mocked() {
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  return { dynamo: mockClient(client), records: dynamoRecords({ client, table: 'table' }) };
}

function failure(name: string, status: number): DynamoDBServiceException {
  return new DynamoDBServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: status, attempts: 3 } });
}

test('a put is conditional, and asks for the stored item should the condition fail', async () => {
  const { dynamo, records } = mocked();
  dynamo.on(PutItemCommand).resolves({});
  const first = await records.putIf(key, { n: 1 }, undefined);
  const second = await records.putIf(key, { n: 2 }, first);
  assert.ok(first !== undefined && second !== undefined);
  const [create, replace] = dynamo.commandCalls(PutItemCommand).map((call) => call.args[0].input);
  assert.deepEqual(create, {
    TableName: 'table',
    Item: { pk: { S: 'p' }, sk: { S: 'a' }, json: { S: '{"n":1}' }, etag: { S: first } },
    ConditionExpression: 'attribute_not_exists(#p)',
    ExpressionAttributeNames: { '#p': 'pk' },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  assert.equal(replace?.ConditionExpression, '#e = :expected');
  assert.deepEqual(replace?.ExpressionAttributeValues, { ':expected': { S: first } });
});

test('reads are consistent', async () => {
  const { dynamo, records } = mocked();
  dynamo.on(GetItemCommand).resolves({});
  assert.equal(await records.get(key), undefined);
  assert.equal(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead, true);
});

test('a refusal at the first attempt is a lost race, whatever is stored', async () => {
  const { dynamo, records } = mocked();
  dynamo.on(PutItemCommand).rejects(refusal({ attempts: 1 }));
  dynamo.on(DeleteItemCommand).rejects(refusal({ attempts: 1 }));
  assert.equal(await records.putIf(key, 1, etag('theirs')), undefined);
  assert.equal(await records.removeIf(key, etag('theirs')), false);
});

test('FLT-1: throttling, conflicts, 5xx and no answer are StoreUnavailable, other refusals StoreRefused', async () => {
  for (const [error, expected] of [
    [failure('ProvisionedThroughputExceededException', 400), StoreUnavailable],
    [failure('ThrottlingException', 400), StoreUnavailable],
    [failure('RequestLimitExceeded', 400), StoreUnavailable],
    [failure('TransactionConflictException', 400), StoreUnavailable],
    [failure('InternalServerError', 500), StoreUnavailable],
    [Object.assign(new Error('connect ECONNREFUSED'), { $metadata: { attempts: 3 } }), StoreUnavailable],
    [failure('ResourceNotFoundException', 400), StoreRefused],
    [failure('AccessDeniedException', 400), StoreRefused],
    [failure('ValidationException', 400), StoreRefused],
  ] as const) {
    const { dynamo, records } = mocked();
    dynamo.onAnyCommand().rejects(error);
    const fails = (thrown: unknown) => thrown instanceof expected && thrown.cause === error;
    await assert.rejects(records.get(key), fails, error.name);
    await assert.rejects(records.putIf(key, 1, undefined), fails);
    await assert.rejects(records.removeIf(key, etag('any')), fails);
    await assert.rejects(records.list('p'), fails);
  }
});

test('an item without its attributes, or with broken JSON, is corrupt', async () => {
  for (const item of [
    { pk: { S: 'p' }, sk: { S: 'a' } },
    { pk: { S: 'p' }, sk: { S: 'a' }, json: { S: '1' } },
    { pk: { S: 'p' }, sk: { S: 'a' }, json: { S: '{' }, etag: { S: 'x' } },
  ]) {
    const { dynamo, records } = mocked();
    dynamo.on(GetItemCommand).resolves({ Item: item });
    await assert.rejects(records.get(key), CorruptStore);
  }
});

function refusal({ attempts }: { attempts: number }): ConditionalCheckFailedException {
  const $metadata = { httpStatusCode: 400, attempts };
  return new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata });
}
