import type { DiscoveryType } from './discovery-types.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * The poll loop of a type that is polled by deltas. Some names are a loop of their own by the hash of all of them: there may be
 * thousands, and with other names there is another state to take, which says nothing about the one before.
 */
export function deltaChannel({ path }: DiscoveryType, { isWildcard, hash }: Subscriptions): string {
  return isWildcard ? `delta:${path}` : `delta:${path}/${hash.slice(0, HASH_DIGITS)}`;
}

const HASH_DIGITS = 16;

export const isDeltaChannel = (channel: string): boolean => channel.startsWith('delta:');

/** What of the type a loop wants; `undefined` for a loop of another type, or one that is not polled by deltas. */
export function deltaChannelOf({ path }: DiscoveryType, channel: string): 'all' | 'some' | undefined {
  if (channel === `delta:${path}`) return 'all';
  return channel.startsWith(`delta:${path}/`) ? 'some' : undefined;
}
