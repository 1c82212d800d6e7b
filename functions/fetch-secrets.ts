import type { FetchReport, WhichSecrets } from '../lib/control/config/fetch-secrets.ts';
import { leaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import { SECRETS_LEASE } from '../lib/control/lead/lease.ts';
import { cloud, cloudFetching, instanceName } from './cloud.ts';
import { type FetchEvent, fetchRound, type FetchRoundParts } from './fetch-round.ts';

export interface FetchParts extends Pick<FetchRoundParts, 'candidate' | 'log'> {
  readonly fetchSecrets: (which: WhichSecrets) => Promise<FetchReport>;
}

/** Fetches the values of Secrets that others keep: on the table's stream, and on a timer, which should fire every five minutes. */
export const fetchSecretsFunction = ({ fetchSecrets, ...parts }: FetchParts): ((event: FetchEvent) => Promise<void>) =>
  fetchRound({
    ...parts,
    what: 'secrets',
    fetch: (cause) => fetchSecrets(cause === 'timer' ? 'all' : 'never-asked'),
  });

let made: ((event: FetchEvent) => Promise<void>) | undefined;

export const handler = (event: FetchEvent): Promise<void> => {
  made ??= fetchSecretsFunction({
    fetchSecrets: cloudFetching(cloud()),
    log: cloud().log,
    candidate: leaseCandidate(cloud(), SECRETS_LEASE, { identity: instanceName(), key: '', mayTakeFrom: () => false }),
  });
  return made(event);
};
