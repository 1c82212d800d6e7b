import type { EpochMs } from '../../base/brand.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';

/** Says whether one more view may be registered for proxies of a namespace. */
export type UnknownViewLimit = (namespace: string, now: EpochMs) => boolean;

export interface Allowance {
  /** Views at once, for a mesh that starts. */
  readonly burst: number;
  readonly perSecond: number;
}

const PER_NAMESPACE: Allowance = { burst: 500, perSecond: 1 };
const ALTOGETHER: Allowance = { burst: 2_000, perSecond: 10 };
const MAX_NAMESPACES = 1_000;

/**
 * Bounds what a client can make us build by inventing proxies: with the short life of views that nobody polls twice it bounds how
 * many there are. Views that are registered need no allowance.
 */
export function unknownViewLimit(perNamespace = PER_NAMESPACE, altogether = ALTOGETHER): UnknownViewLimit {
  const buckets = leastRecentlyUsed<string, Bucket>({ max: MAX_NAMESPACES });
  const all = bucket(altogether);
  return (namespace, now) => {
    const own = buckets.get(namespace) ?? bucket(perNamespace);
    buckets.set(namespace, own);
    // A namespace that has used up its own takes nothing from the others.
    return own.take(now) && all.take(now);
  };
}

interface Bucket {
  take(now: EpochMs): boolean;
}

function bucket({ burst, perSecond }: Allowance): Bucket {
  let left = burst;
  let at: EpochMs | undefined;
  return {
    take(now) {
      const seconds = at === undefined ? 0 : Math.max(0, now - at) / 1000;
      at = now;
      left = Math.min(burst, left + seconds * perSecond);
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
