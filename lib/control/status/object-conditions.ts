import { epochMs, type EpochMs } from '../../base/brand.ts';
import type { Issue } from '../../base/issue.ts';
import type { Condition } from '../../resources/conditions.ts';
import type { Distribution } from './distribution.ts';
import type { DatedCondition } from './transition-times.ts';

/** What is known of one object on its way from the store to the proxies. */
export interface ObjectSight {
  readonly generation: number;
  /** The revision that changed it last. */
  readonly revision: number;
  /** The newest revision that was built; 0 before the first build. */
  readonly builtRevision: number;
  /** Why a view that depends on it could not be built; `undefined` where all could (BLD-7). */
  readonly buildFailure: string | undefined;
  /** All that the line said of it (BLD-6). */
  readonly issues: readonly Issue[];
  readonly distribution: Distribution;
  readonly times: SightTimes;
}

/** When what is known of an object came about. */
export interface SightTimes {
  /** When its revision was built first, or as near to it as is remembered. */
  readonly built: EpochMs;
  /** When the newest build ended. */
  readonly newestBuild: EpochMs;
  /** Since when the proxies that depend on it are as far as they are; `undefined` where there are none. */
  readonly distributed: EpochMs | undefined;
  readonly now: EpochMs;
}

/**
 * `Accepted`: nothing is wrong with it. `Reconciled`: it is in the snapshots. `Programmed`: the proxies that depend on it have
 * taken it (ST-9). Worked out when asked for: nobody writes them, so they are never out of date and cost no write (ST-6).
 */
export function conditionsOf(sight: ObjectSight): readonly DatedCondition[] {
  const isBuilt = sight.builtRevision >= sight.revision;
  return [acceptance(sight, isBuilt), reconciliation(sight, isBuilt), programming(sight, isBuilt)].map(
    ({ condition, since }) => ({ condition: { ...condition, observedGeneration: sight.generation }, since }),
  );
}

const NOT_BUILT = { reason: 'Pending', message: 'the revision that it came with is not built yet' } as const;

function acceptance({ issues, times }: ObjectSight, isBuilt: boolean): DatedCondition {
  const type = 'Accepted';
  if (!isBuilt) return { condition: { type, status: 'Unknown', ...NOT_BUILT }, since: times.now };
  const since = times.built;
  const errors = issues.filter(({ severity }) => severity === 'error');
  const [first] = errors.length > 0 ? errors : issues;
  const status = errors.length > 0 ? 'False' : 'True';
  if (first === undefined) return { condition: { type, status, reason: 'Accepted', message: '' }, since };
  const message = inWords([...errors, ...issues]);
  return { condition: { type, status, reason: inCamelCase(first.code), message }, since };
}

function reconciliation({ revision, buildFailure, times }: ObjectSight, isBuilt: boolean): DatedCondition {
  const type = 'Reconciled';
  if (!isBuilt) return { condition: { type, status: 'False', ...NOT_BUILT }, since: times.now };
  if (buildFailure !== undefined) {
    const condition: Condition = { type, status: 'False', reason: 'BuildFailed', message: buildFailure };
    return { condition, since: times.newestBuild };
  }
  // Its own revision, not the newest: what is said of it changes only when it does.
  const message = `built into the snapshots of revision ${revision}`;
  return { condition: { type, status: 'True', reason: 'Built', message }, since: times.built };
}

function programming({ distribution, buildFailure, times }: ObjectSight, isBuilt: boolean): DatedCondition {
  const { acked, nacked, total } = distribution;
  const type = 'Programmed';
  const message = `${isBuilt ? acked : 0}/${total} proxies`;
  if (!isBuilt) return { condition: { type, status: 'False', reason: 'Pending', message }, since: times.now };
  if (total === 0) {
    return { condition: { type, status: 'Unknown', reason: 'NoProxies', message }, since: times.built };
  }
  const since = epochMs(Math.max(times.built, times.distributed ?? times.built));
  if (nacked > 0) {
    const rejected = `${message}, rejected by ${nacked}`;
    return { condition: { type, status: 'False', reason: 'Rejected', message: rejected }, since };
  }
  if (acked < total) return { condition: { type, status: 'False', reason: 'Pending', message }, since };
  return buildFailure === undefined
    ? { condition: { type, status: 'True', reason: 'Programmed', message }, since }
    : { condition: { type, status: 'False', reason: 'Pending', message }, since: times.newestBuild };
}

/** `SUBSET_NOT_FOUND` as Kubernetes writes reasons. */
const inCamelCase = (code: string): string =>
  code
    .split('_')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join('');

/** Enough to act on; a status is no log. */
const MAX_MESSAGES = 5;

function inWords(issues: readonly Issue[]): string {
  const sentences = [...new Set(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)))];
  const more = sentences.length - MAX_MESSAGES;
  return [...sentences.slice(0, MAX_MESSAGES), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
