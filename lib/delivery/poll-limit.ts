import type { EpochMs } from '../base/brand.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';

/** A proxy that starts with a thousand clusters polls for each at once; no healthy one does more than this in a second. */
const MAX_POLLS_PER_SECOND = 5_000;
const MAX_PROXIES = 20_000;

/** Says whether a proxy may be answered, counting its polls second by second (DLV-7). */
export type PollLimit = (nodeId: string, now: EpochMs) => boolean;

export function pollLimit(): PollLimit {
  const counts = leastRecentlyUsed<string, { second: number; polls: number }>({ max: MAX_PROXIES });
  return (nodeId, now) => {
    const second = Math.floor(now / 1000);
    const count = counts.get(nodeId);
    if (count?.second !== second) {
      counts.set(nodeId, { second, polls: 1 });
      return true;
    }
    count.polls += 1;
    return count.polls <= MAX_POLLS_PER_SECOND;
  };
}
