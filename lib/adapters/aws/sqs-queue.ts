import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { MAX_MESSAGE_BYTES, MAX_RECEIVED, type Queue, receipt, type ReceivedMessage } from '../../ports/queue.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { checkHiding, checkMax, decodeMessage, encodeMessage, type EncodedMessage } from '../message-json.ts';
import { calling, isAnswer } from './aws-errors.ts';
import { mapBounded } from './map-bounded.ts';

export interface SqsQueueOptions {
  readonly client: SQSClient;
  /** A queue as `deadLetterQueue` or `messageQueue` describes it. */
  readonly url: string;
}

const SENDS_AT_ONCE = 4;
/** How often the messages of a batch are sent again that the service did not take, where it took others. */
const BATCH_ATTEMPTS = 3;

/** A standard queue of SQS. The role needs SendMessage, ReceiveMessage, DeleteMessage and ChangeMessageVisibility on it. */
export function sqsQueue({ client, url }: SqsQueueOptions): Queue {
  return {
    async sendAll(messages) {
      await mapBounded(batchesOf(messages.map(encodeMessage)), SENDS_AT_ONCE, (batch) => sendBatch(client, url, batch));
    },
    async receive(max) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: checkMax(max),
        WaitTimeSeconds: 0,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const { Messages = [] } = await calling(url, () => client.send(command));
      return Messages.map((message) => receivedFrom(url, message));
    },
    async remove(token) {
      await onReceipt(url, () => client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: token })));
    },
    async giveBack(token, after) {
      const change = { QueueUrl: url, ReceiptHandle: token, VisibilityTimeout: checkHiding(after) };
      await onReceipt(url, () => client.send(new ChangeMessageVisibilityCommand(change)));
    },
  };
}

type Batch = readonly EncodedMessage[];

/** As few batches as the service takes: ten messages and MAX_MESSAGE_BYTES in each. */
function batchesOf(messages: readonly EncodedMessage[]): readonly Batch[] {
  const batches: EncodedMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const open = batches.at(-1);
    bytes += message.bytes;
    if (open && open.length < MAX_RECEIVED && bytes <= MAX_MESSAGE_BYTES) open.push(message);
    else {
      batches.push([message]);
      bytes = message.bytes;
    }
  }
  return batches;
}

/** The service takes a batch message by message: what it did not take is sent again. */
async function sendBatch(client: SQSClient, url: string, batch: Batch): Promise<void> {
  let unsent = batch.map(({ json }, index) => ({ Id: String(index), MessageBody: json }));
  let reason = '';
  for (let attempt = 0; attempt < BATCH_ATTEMPTS && unsent.length > 0; attempt += 1) {
    const command = new SendMessageBatchCommand({ QueueUrl: url, Entries: unsent });
    const { Failed = [] } = await calling(url, () => client.send(command));
    const failed = new Set(Failed.map(({ Id }) => Id));
    unsent = unsent.filter(({ Id }) => failed.has(Id));
    reason = Failed.map(({ Code }) => Code).join();
  }
  if (unsent.length > 0)
    throw new StoreUnavailable(url, new Error(`${unsent.length} messages were not taken: ${reason}`));
}

function receivedFrom(url: string, { Body = '', Attributes = {}, ReceiptHandle = '' }: Message): ReceivedMessage {
  return {
    body: decodeMessage(url, Body),
    receives: Number(Attributes.ApproximateReceiveCount ?? 1),
    receipt: receipt(ReceiptHandle),
  };
}

/** The service takes a void receipt as if nothing was wrong, or refuses it by one of three names: someone else has the message then. */
async function onReceipt(url: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (cause) {
    if (isAnswer(cause, 'ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue')) return;
    await calling(url, () => Promise.reject(cause as Error));
  }
}
