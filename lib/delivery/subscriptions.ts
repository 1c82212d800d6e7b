import { type ContentHash, hashOf } from '../base/hashing.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { DiscoveryType } from './discovery-types.ts';

/** What of one type a client wants to have. */
export interface Subscriptions {
  /** All there is, whatever the names. */
  readonly isWildcard: boolean;
  readonly names: ReadonlySet<string>;
  /** Equal for equal subscriptions. */
  readonly hash: ContentHash;
}

const WILDCARD = '*';

/**
 * The subscriptions that a request states. Every request states all of them: no connection remembers earlier ones. `*` is all there is
 * of any type; of clusters and listeners so is stating nothing. A name that is unsubscribed is not wanted, unless `*` is.
 * Source: Envoy "xDS REST and gRPC protocol", section on how the client specifies what resources to return.
 */
export function subscriptionsOf(
  type: DiscoveryType,
  subscribed: readonly string[],
  unsubscribed: readonly string[],
): Subscriptions {
  const wanted = new Set(subscribed);
  const isWhole = type.xdsType !== undefined && XDS_TYPES[type.xdsType].isWholeSet;
  if (isWhole && wanted.size === 0) wanted.add(WILDCARD);
  for (const name of unsubscribed) wanted.delete(name);
  const isWildcard = wanted.delete(WILDCARD);
  const names = isWildcard ? new Set<string>() : wanted;
  return { isWildcard, names, hash: hashOf([isWildcard, [...names].sort()]) };
}

export function isWanted({ isWildcard, names }: Subscriptions, name: string): boolean {
  return isWildcard || names.has(name);
}
