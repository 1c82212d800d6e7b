import type { DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { ATTRIBUTES } from '../lib/adapters/aws/records-table.ts';
import { triggerOf } from '../lib/control/build/build-triggers.ts';
import type { DeliveryService } from '../lib/control/delivery-service.ts';
import { type Cloud, cloud, cloudDelivery, cloudFanOut } from './cloud.ts';

/** A batch of the table's stream, or the timer that catches what a lost event left behind. */
export type PublishEvent = DynamoDBStreamEvent | ScheduledEvent;

export interface PublishParts extends Pick<Cloud, 'log'> {
  readonly delivery: Pick<DeliveryService, 'builder'>;
}

/** Something changed: lead, build, publish. A failure is thrown, so that the stream repeats the batch. */
export function publishFunction({ delivery, log }: PublishParts): (event: PublishEvent) => Promise<void> {
  return async (event) => {
    const isTimer = !('Records' in event);
    const reasons = isTimer ? ['timer'] : event.Records.flatMap((record) => triggerIn(record) ?? []);
    if (reasons.length === 0) return;
    // The process may be frozen from here on and never wake: it leads for the time of this event only.
    const report = await delivery.builder.build(...reasons).finally(async () => delivery.builder.stepDown());
    switch (report.outcome) {
      case 'followed':
        // Someone else leads. It may have read the config before this change, so the stream has to ask again.
        if (!isTimer) throw new Error('another builder leads; repeat this batch');
        return;
      case 'fanned-out':
        return; // goes on in the functions that build shards; each revision that comes meanwhile is built in shards of its own
      case 'built':
        if (report.views.failed > 0) log.warn('build-incomplete', { failed: report.views.failed });
    }
  };
}

/** What one changed record of the table asks for. */
function triggerIn({ dynamodb }: DynamoDBStreamEvent['Records'][number]): ReturnType<typeof triggerOf> {
  const keys = dynamodb?.Keys;
  return triggerOf({ partition: keys?.[ATTRIBUTES.partition]?.S ?? '', id: keys?.[ATTRIBUTES.id]?.S ?? '' });
}

let made: ((event: PublishEvent) => Promise<void>) | undefined;

export const handler = (event: PublishEvent): Promise<void> => {
  made ??= publishFunction({ delivery: cloudDelivery(cloud(), cloudFanOut()), log: cloud().log });
  return made(event);
};
