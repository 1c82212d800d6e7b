import type { CreateQueueCommandInput } from '@aws-sdk/client-sqs';
import type { DurationMs } from '../../base/brand.ts';
import { MAX_RECEIVES } from '../../ports/queue.ts';

/** Four days by default are too few for a long weekend; the service keeps messages for at most two weeks. */
const LONGEST_RETENTION_SECONDS = 14 * 24 * 60 * 60;

export interface MessageQueue {
  /** How long a message is hidden once handed out; of a queue that wakes a function at least six times the function's time limit. */
  readonly visibility: DurationMs;
  /** The ARN of the queue for what was handed out MAX_RECEIVES times in vain. */
  readonly deadLetters: string;
}

/** A queue of work. */
export function messageQueue(name: string, { visibility, deadLetters }: MessageQueue) {
  return {
    QueueName: name,
    Attributes: {
      VisibilityTimeout: String(Math.ceil(visibility / 1_000)),
      SqsManagedSseEnabled: 'true',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters, maxReceiveCount: MAX_RECEIVES }),
    },
  } satisfies CreateQueueCommandInput;
}

/** Where messages wait for an operator; a message in it is an alarm. */
export function deadLetterQueue(name: string) {
  return {
    QueueName: name,
    Attributes: { MessageRetentionPeriod: String(LONGEST_RETENTION_SECONDS), SqsManagedSseEnabled: 'true' },
  } satisfies CreateQueueCommandInput;
}
