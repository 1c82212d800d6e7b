import type { EpochMs } from '../../base/brand.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import { printTimestamp } from '../../base/timestamp.ts';
import type { Condition } from '../../resources/conditions.ts';

/** A condition, and since when it holds as far as what is stored tells. */
export interface DatedCondition {
  readonly condition: Condition;
  readonly since: EpochMs;
}

/** Gives conditions of an object, which is named by its uid, the times of their last transitions. */
export type WithTransitionTimes = (uid: string, dated: readonly DatedCondition[], now: EpochMs) => readonly Condition[];

const REMEMBERED_CONDITIONS = 60_000;

/**
 * `lastTransitionTime` moves only when the status does. A process that saw a condition before keeps its time; to one that sees it
 * first, what is stored tells it. A change that nothing stored explains, such as one that another object brought about, was made
 * when it is seen. Nothing is written for any of it (ST-6).
 */
export function transitionTimes(): WithTransitionTimes {
  const known = leastRecentlyUsed<string, { readonly status: Condition['status']; readonly since: EpochMs }>({
    max: REMEMBERED_CONDITIONS,
  });
  return (uid, dated, now) =>
    dated.map(({ condition, since: told }) => {
      const { type, status } = condition;
      const key = `${uid} ${type}`;
      const before = known.get(key);
      const since =
        before === undefined ? told : before.status === status ? before.since : latest(before.since, told, now);
      known.set(key, { status, since });
      return { ...condition, lastTransitionTime: printTimestamp(since) };
    });
}

const latest = (before: EpochMs, told: EpochMs, now: EpochMs): EpochMs => (told > before ? told : now);
