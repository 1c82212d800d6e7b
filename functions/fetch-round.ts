import type { DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { ATTRIBUTES } from '../lib/adapters/aws/records-table.ts';
import { triggerOf } from '../lib/control/build/build-triggers.ts';
import type { LeaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import type { Cloud } from './cloud.ts';

/** A batch of the table's stream, or the timer. */
export type FetchEvent = DynamoDBStreamEvent | ScheduledEvent;

export interface FetchRoundParts extends Pick<Cloud, 'log'> {
  /** What is fetched, for the log. */
  readonly what: 'secrets' | 'keys';
  readonly fetch: (cause: 'upload' | 'timer') => Promise<unknown>;
  readonly candidate: LeaseCandidate;
}

/** Something was uploaded, or time has passed: whoever leads fetches what others keep. */
export function fetchRound({ what, fetch, candidate, log }: FetchRoundParts): (event: FetchEvent) => Promise<void> {
  return async (event) => {
    const isTimer = !('Records' in event);
    if (!isTimer && !event.Records.some(isRevision)) return;
    const attempt = await candidate.attempt();
    if (attempt.outcome !== 'leads') {
      // Whoever leads may have looked before this upload, so the stream has to ask again; the timer comes again anyway.
      if (!isTimer) throw new Error(`another one fetches ${what}; repeat this batch`);
      return log.info('fetch-left-to-others', { what, outcome: attempt.outcome });
    }
    try {
      await fetch(isTimer ? 'timer' : 'upload');
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
