import type { Issue } from '../../base/issue.ts';
import type { Condition } from '../../resources/conditions.ts';
import type { Distribution } from './distribution.ts';

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
}

/**
 * `Accepted`: nothing is wrong with it. `Reconciled`: it is in the snapshots. `Programmed`: the proxies that depend on it have
 * taken it (ST-9). Worked out when asked for: nobody writes them, so they are never out of date and cost no write (ST-6).
 */
export function conditionsOf(sight: ObjectSight): readonly Condition[] {
  const isBuilt = sight.builtRevision >= sight.revision;
  return [acceptance(sight, isBuilt), reconciliation(sight, isBuilt), programming(sight, isBuilt)].map((condition) => ({
    ...condition,
    observedGeneration: sight.generation,
  }));
}

const NOT_BUILT = { reason: 'Pending', message: 'the revision that it came with is not built yet' } as const;

function acceptance({ issues }: ObjectSight, isBuilt: boolean): Condition {
  if (!isBuilt) return { type: 'Accepted', status: 'Unknown', ...NOT_BUILT };
  const errors = issues.filter(({ severity }) => severity === 'error');
  const [first] = errors.length > 0 ? errors : issues;
  const status = errors.length > 0 ? 'False' : 'True';
  if (first === undefined) return { type: 'Accepted', status, reason: 'Accepted', message: '' };
  return { type: 'Accepted', status, reason: inCamelCase(first.code), message: inWords([...errors, ...issues]) };
}

function reconciliation({ builtRevision, buildFailure }: ObjectSight, isBuilt: boolean): Condition {
  if (!isBuilt) return { type: 'Reconciled', status: 'False', ...NOT_BUILT };
  if (buildFailure !== undefined) {
    return { type: 'Reconciled', status: 'False', reason: 'BuildFailed', message: buildFailure };
  }
  const message = `built into the snapshots of revision ${builtRevision}`;
  return { type: 'Reconciled', status: 'True', reason: 'Built', message };
}

function programming({ distribution, buildFailure }: ObjectSight, isBuilt: boolean): Condition {
  const { acked, nacked, total } = distribution;
  const message = `${isBuilt ? acked : 0}/${total} proxies`;
  if (!isBuilt) return { type: 'Programmed', status: 'False', reason: 'Pending', message };
  if (total === 0) return { type: 'Programmed', status: 'Unknown', reason: 'NoProxies', message };
  if (nacked > 0) {
    return { type: 'Programmed', status: 'False', reason: 'Rejected', message: `${message}, rejected by ${nacked}` };
  }
  return acked === total && buildFailure === undefined
    ? { type: 'Programmed', status: 'True', reason: 'Programmed', message }
    : { type: 'Programmed', status: 'False', reason: 'Pending', message };
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
