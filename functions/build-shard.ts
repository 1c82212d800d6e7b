import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ShardBuilder } from '../lib/control/shards/shard-builder.ts';
import { type Cloud, cloud, cloudDelivery, cloudFanOut } from './cloud.ts';

export interface BuildShardParts extends Pick<Cloud, 'log'> {
  readonly shards: ShardBuilder;
}

/**
 * Builds shards of views that a leader has handed out (BLD-5). Each message fails by itself: the event source has to ask for the
 * failures of single items (`ReportBatchItemFailures`), or one poisoned view would bring all others of the batch back.
 */
export function buildShardFunction({ shards, log }: BuildShardParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const succeeds = async ({ messageId, body, attributes }: SQSRecord): Promise<boolean> => {
    try {
      const outcome = await shards.build(JSON.parse(body), Number(attributes.ApproximateReceiveCount));
      return outcome !== 'failed';
    } catch (error) {
      log.error('shard-failed', { messageId, error });
      return false;
    }
  };
  return async ({ Records }) => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of Records) {
      if (!(await succeeds(record))) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

let made: ((event: SQSEvent) => Promise<SQSBatchResponse>) | undefined;

export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => {
  made ??= buildShardFunction({ shards: cloudShards(), log: cloud().log });
  return made(event);
};

function cloudShards(): ShardBuilder {
  const { shards } = cloudDelivery(cloud(), cloudFanOut());
  if (shards === undefined) throw new Error('this function has no queue: PILOTLESS_SHARD_QUEUE is missing');
  return shards;
}
