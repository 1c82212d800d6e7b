import type { DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { ATTRIBUTES } from '../lib/adapters/aws/records-table.ts';
import { triggerOf } from '../lib/control/build/build-triggers.ts';
import type { FetchReport, WhichSecrets } from '../lib/control/config/fetch-secrets.ts';
import { type LeaseCandidate, leaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import { SECRETS_LEASE } from '../lib/control/lead/lease.ts';
import { type Cloud, cloud, cloudFetching, instanceName } from './cloud.ts';

/** A batch of the table's stream, or the timer, which should fire every five minutes. */
export type FetchEvent = DynamoDBStreamEvent | ScheduledEvent;

export interface FetchParts extends Pick<Cloud, 'log'> {
  readonly fetchSecrets: (which: WhichSecrets) => Promise<FetchReport>;
  readonly candidate: LeaseCandidate;
}

/** Something was uploaded, or time has passed: fetch the values of Secrets that others keep. */
export function fetchSecretsFunction({
  fetchSecrets,
  candidate,
  log,
}: FetchParts): (event: FetchEvent) => Promise<void> {
  return async (event) => {
    const isTimer = !('Records' in event);
    if (!isTimer && !event.Records.some(isRevision)) return;
    const attempt = await candidate.attempt();
    if (attempt.outcome !== 'leads') {
      // Whoever leads may have looked before this upload, so the stream has to ask again; the timer comes again anyway.
      if (!isTimer) throw new Error('another one fetches secrets; repeat this batch');
      return log.info('fetch-left-to-others', { outcome: attempt.outcome });
    }
    try {
      await fetchSecrets(isTimer ? 'all' : 'never-asked');
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

let made: ((event: FetchEvent) => Promise<void>) | undefined;

export const handler = (event: FetchEvent): Promise<void> => {
  made ??= fetchSecretsFunction({
    fetchSecrets: cloudFetching(cloud()),
    log: cloud().log,
    candidate: leaseCandidate(cloud(), SECRETS_LEASE, { identity: instanceName(), key: '', mayTakeFrom: () => false }),
  });
  return made(event);
};
