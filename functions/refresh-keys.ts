import { leaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import { KEYS_LEASE } from '../lib/control/lead/lease.ts';
import { cloud, cloudKeys, instanceName } from './cloud.ts';
import { type FetchEvent, fetchRound } from './fetch-round.ts';

let made: ((event: FetchEvent) => Promise<void>) | undefined;

/** Fetches the keys of issuers of tokens that are due: on the table's stream, and on a timer, which should fire every minute. */
export const handler = (event: FetchEvent): Promise<void> => {
  made ??= fetchRound({
    what: 'keys',
    fetch: cloudKeys(cloud()),
    log: cloud().log,
    candidate: leaseCandidate(cloud(), KEYS_LEASE, { identity: instanceName(), key: '', mayTakeFrom: () => false }),
  });
  return made(event);
};
