import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { deadLetterQueue, type MessageQueue, messageQueue } from '../../lib/adapters/aws/message-queues.ts';

/** Addresses of a queue of work and of its dead letters. */
export interface FreshQueues {
  readonly url: string;
  readonly deadLetters: string;
}

/** Makes both for one test. */
export async function freshQueues(
  client: SQSClient,
  { visibility }: Pick<MessageQueue, 'visibility'>,
): Promise<FreshQueues> {
  const name = `q-${randomUUID()}`;
  const dead = deadLetterQueue(`${name}-dead`);
  const { Attributes } = dead;
  // The dead letters of a test are read as a queue of work is, and so hidden as long.
  const hidden = { ...dead, Attributes: { ...Attributes, VisibilityTimeout: String(visibility / 1_000) } };
  const { QueueUrl: deadLetters = '' } = await client.send(new CreateQueueCommand(hidden));
  const asked = new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] });
  const arn = (await client.send(asked)).Attributes?.QueueArn ?? '';
  const { QueueUrl: url = '' } = await client.send(
    new CreateQueueCommand(messageQueue(name, { visibility, deadLetters: arn })),
  );
  return { url, deadLetters };
}
