import type { DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { ATTRIBUTES } from '../lib/adapters/aws/records-table.ts';
import { triggerOf } from '../lib/control/build/build-triggers.ts';
import { type LeaseCandidate, leaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import { KEYS_LEASE } from '../lib/control/lead/lease.ts';
import { type Cloud, cloud, cloudKeys, instanceName } from './cloud.ts';

/** A batch of the table's stream, or the timer, which should fire every minute. */
export type RefreshEvent = DynamoDBStreamEvent | ScheduledEvent;

export interface RefreshParts extends Pick<Cloud, 'log'> {
  readonly refreshKeys: () => Promise<unknown>;
  readonly candidate: LeaseCandidate;
}

/** Something was uploaded, or time has passed: fetch the keys of issuers of tokens that are due. */
function refreshKeysFunction({ refreshKeys, candidate, log }: RefreshParts): (event: RefreshEvent) => Promise<void> {
  return async (event) => {
    const isTimer = !('Records' in event);
    if (!isTimer && !event.Records.some(isRevision)) return;
    const attempt = await candidate.attempt();
    if (attempt.outcome !== 'leads') {
      // Whoever leads may have looked before this upload, so the stream has to ask again; the timer comes again anyway.
      if (!isTimer) throw new Error('another one fetches keys; repeat this batch');
      return log.info('keys-left-to-others', { outcome: attempt.outcome });
    }
    try {
      await refreshKeys();
    } finally {
      await candidate.release();
    }
  };
}

function isRevision({ dynamodb }: DynamoDBStreamEvent['Records'][number]): boolean {
  const keys = dynamodb?.Keys;
  const key = { partition: keys?.[ATTRIBUTES.partition]?.S ?? '', id: keys?.[ATTRIBUTES.id]?.S ?? '' };
  return triggerOf(key) === 'config';
}

let made: ((event: RefreshEvent) => Promise<void>) | undefined;

export const handler = (event: RefreshEvent): Promise<void> => {
  made ??= refreshKeysFunction({
    refreshKeys: cloudKeys(cloud()),
    log: cloud().log,
    candidate: leaseCandidate(cloud(), KEYS_LEASE, { identity: instanceName(), key: '', mayTakeFrom: () => false }),
  });
  return made(event);
};
