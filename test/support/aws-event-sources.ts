import { setTimeout as delay } from 'node:timers/promises';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import type { DynamoDBStreamEvent, S3Event, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { MAX_RECEIVED, type Queue } from '../../lib/ports/queue.ts';
import { s3At } from './aws-clients.ts';
import { messageId, queueEvent } from './lambda-events.ts';
import type { StartedServer } from './started-server.ts';

/** What Lambda runs between a service and a function: it takes what the service tells and hands it on, again until it is taken. */
export interface EventSource {
  stop(): Promise<void>;
}

/** Lambda asks a stream four times a second. */
const PAUSE_MS = 250;

/** Hands batches of a table's stream to a function, in order, each until it has been taken. */
export async function tableStream(
  server: StartedServer,
  table: string,
  deliver: (event: DynamoDBStreamEvent) => Promise<unknown>,
): Promise<EventSource> {
  const streams = (action: string, input: object): Promise<StreamsAnswer> =>
    call(server, { service: 'dynamodb', target: `DynamoDBStreams_20120810.${action}`, input });
  const { Streams = [] } = await streams('ListStreams', { TableName: table });
  const StreamArn = Streams[0]?.StreamArn ?? '';
  const { StreamDescription } = await streams('DescribeStream', { StreamArn });
  const ShardId = StreamDescription?.Shards[0]?.ShardId;
  const first = await streams('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
  let iterator = first.ShardIterator;
  return repeating(async () => {
    const { Records = [], NextShardIterator } = await streams('GetRecords', { ShardIterator: iterator, Limit: 100 });
    if (Records.length > 0) {
      await deliver({ Records: Records.map((record) => ({ ...record, eventSourceARN: StreamArn })) });
    }
    iterator = NextShardIterator; // only behind a batch that was taken
  });
}

interface StreamsAnswer {
  readonly Streams?: readonly { readonly StreamArn: string }[];
  readonly StreamDescription?: { readonly Shards: readonly { readonly ShardId: string }[] };
  readonly ShardIterator?: string;
  readonly Records?: DynamoDBStreamEvent['Records'];
  readonly NextShardIterator?: string;
}

/**
 * Hands the bucket's announcements of new files under a prefix to a function. They come by way of a queue: the bucket words
 * them the same for a queue and for a function.
 */
export async function bucketUploads(
  server: StartedServer,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  deliver: (event: S3Event) => Promise<unknown>,
): Promise<EventSource> {
  const sqs = (action: string, input: object): Promise<QueueAnswer> =>
    call(server, { service: 'sqs', target: `AmazonSQS.${action}`, input });
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: bucket, Attributes: { VisibilityTimeout: '1' } });
  const { Attributes } = await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
  const QueueArn = Attributes?.QueueArn;
  const maySend = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...maySend, Resource: QueueArn }] });
  await sqs('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] } };
  await s3At(server).send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'], Filter }] },
    }),
  );
  return repeating(async () => {
    const { Messages = [] } = await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    for (const { Body, ReceiptHandle } of Messages) {
      const told = JSON.parse(Body) as S3Event | { readonly Event: string };
      if ('Records' in told) await deliver(told); // the first one only says that the queue can be reached
      await sqs('DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  });
}

interface QueueAnswer {
  readonly QueueUrl?: string;
  readonly Attributes?: { readonly QueueArn?: string };
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

/**
 * Hands batches of a queue to a function that names the messages which failed: those come again when their visibility time is
 * over, the others are removed. A function that throws fails the whole batch.
 */
export function queuedMessages(queue: Queue, deliver: (event: SQSEvent) => Promise<unknown>): EventSource {
  return repeating(async () => {
    const messages = await queue.receive(MAX_RECEIVED);
    if (messages.length === 0) return;
    const answer = (await deliver(queueEvent(...messages))) as SQSBatchResponse;
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = messages.filter((_, index) => !failed.has(messageId(index)));
    await Promise.all(done.map(({ receipt }) => queue.remove(receipt)));
  });
}

/** Does it again and again; what failed is tried again with the next turn. */
function repeating(once: () => Promise<void>): EventSource {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await once().catch(() => undefined);
      await delay(PAUSE_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

interface Call {
  readonly service: 'dynamodb' | 'sqs';
  readonly target: string;
  readonly input: object;
}

/** One call of a service that the SDKs we have do not cover. The stand-in reads who asks, and does not check the signature. */
async function call<T>({ endpoint, region, credentials }: StartedServer, { service, target, input }: Call): Promise<T> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=unchecked`,
    },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
