import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqsQueue } from '../../../../lib/adapters/aws/sqs-queue.ts';
import { durationMs } from '../../../../lib/base/brand.ts';
import { receipt } from '../../../../lib/ports/queue.ts';
import { CorruptStore, StoreRefused, StoreUnavailable } from '../../../../lib/ports/store-errors.ts';

function mocked() {
  const client = new SQSClient({ region: 'eu-central-1' });
  return { sqs: mockClient(client), queue: sqsQueue({ client, url: 'https://queue' }) };
}

const refused = (Id: string) => ({ Id, SenderFault: false, Code: 'InternalError' });

test('BLD-5: what the service does not take of a batch is sent again, and nothing else', async () => {
  const { sqs, queue } = mocked();
  sqs
    .on(SendMessageBatchCommand)
    .resolvesOnce({ Successful: [], Failed: [refused('1'), refused('3')] })
    .resolvesOnce({ Successful: [], Failed: [refused('3')] })
    .resolves({ Successful: [], Failed: [] });
  await queue.sendAll(['a', 'b', 'c', 'd']);
  const sent = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries);
  assert.deepEqual(
    sent.map((entries) => entries?.map(({ MessageBody }) => MessageBody)),
    [['"a"', '"b"', '"c"', '"d"'], ['"b"', '"d"'], ['"d"']],
  );
});

test('a batch of which the service never takes all is StoreUnavailable, after three attempts', async () => {
  const { sqs, queue } = mocked();
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [refused('0')] });
  await assert.rejects(queue.sendAll(['a', 'b']), StoreUnavailable);
  assert.equal(sqs.commandCalls(SendMessageBatchCommand).length, 3);
});

test('FLT-1: throttling and 5xx are StoreUnavailable, other refusals StoreRefused', async () => {
  for (const [name, status, expected] of [
    ['RequestThrottled', 403, StoreUnavailable],
    ['KmsThrottled', 400, StoreUnavailable],
    ['OverLimit', 400, StoreUnavailable],
    ['InternalFailure', 500, StoreUnavailable],
    ['QueueDoesNotExist', 400, StoreRefused],
    ['AccessDeniedException', 400, StoreRefused],
  ] as const) {
    const { sqs, queue } = mocked();
    const $metadata = { httpStatusCode: status, attempts: 4 };
    sqs.onAnyCommand().rejects(new SQSServiceException({ name, $fault: 'client', $metadata }));
    await assert.rejects(queue.sendAll([1]), expected, name);
    await assert.rejects(queue.receive(1), expected, name);
    await assert.rejects(queue.remove(receipt('r')), expected, name);
    await assert.rejects(queue.giveBack(receipt('r'), durationMs(0)), expected, name);
  }
});

test('a receipt that the service no longer knows is no failure', async () => {
  const { sqs, queue } = mocked();
  for (const name of ['ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue']) {
    const $metadata = { httpStatusCode: 400, attempts: 1 };
    sqs.onAnyCommand().rejects(new SQSServiceException({ name, $fault: 'client', $metadata }));
    await queue.remove(receipt('r'));
    await queue.giveBack(receipt('r'), durationMs(0));
  }
});

test('a time to stay hidden goes to the service in whole seconds, rounded up', async () => {
  const { sqs, queue } = mocked();
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  sqs.on(DeleteMessageCommand).resolves({});
  await queue.giveBack(receipt('r'), durationMs(1_001));
  const call = sqs.commandCalls(ChangeMessageVisibilityCommand)[0];
  assert.deepEqual(call?.args[0].input, { QueueUrl: 'https://queue', ReceiptHandle: 'r', VisibilityTimeout: 2 });
});

test('STO-11: a message that is no JSON is CorruptStore, not work', async () => {
  const { sqs, queue } = mocked();
  sqs.on(ReceiveMessageCommand).resolves({ Messages: [{ Body: '{', ReceiptHandle: 'r', Attributes: {} }] });
  await assert.rejects(queue.receive(1), CorruptStore);
});
