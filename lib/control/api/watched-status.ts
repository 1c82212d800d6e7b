import { type DurationMs, durationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import { conditionsIn } from '../../resources/conditions.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import type { ConfigStore } from '../config/config-store.ts';
import { readStatuses, withStatus } from '../config/object-status.ts';
import type { WithConditions } from '../status/object-sights.ts';

/** What happened to one object. What is gone is shown as it was. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
}

/** The statuses of the objects of one watch: what someone wrote of them, and their conditions. */
export interface WatchedStatus {
  /** The changes, each with the status that the object has now; and now and then also objects of which only the status changed. */
  follow(changes: readonly ObjectChange[]): Promise<readonly ObjectChange[]>;
}

export interface WatchedObjects {
  readonly withConditions: WithConditions;
  /** What the keys of all watched objects start with: `VirtualService/` or `VirtualService/default/`. */
  readonly prefix: string;
  /** Objects that the client knows, with statuses that nobody can tell any more. */
  readonly known: readonly Resource[];
}

/** How often statuses are looked at: they cost a read of all proxies. */
const STATUS_PAUSE: DurationMs = durationMs(2_000);
/** From the client's list to its watch, at most. What changed within is told at once, as the list may not have had it. */
const SINCE_THE_LIST = durationMs(5_000);

export function watchedStatus(
  { records, clock }: Pick<ConfigStore, 'records' | 'clock'>,
  { withConditions, prefix, known }: WatchedObjects,
): WatchedStatus {
  const objects = new Map(known.map((resource) => [keyOf(resource), resource]));
  const shown = new Map<string, string>();
  let lookedAt: EpochMs = epochMs(0);

  const stated = async (wanted: readonly Resource[]): Promise<ReadonlyMap<string, Resource>> => {
    if (wanted.length === 0) return new Map();
    const written = await readStatuses(records, prefix);
    const found = await withConditions(wanted.map((resource) => withStatus(resource, written.get(keyOf(resource)))));
    return new Map(found.map((resource) => [keyOf(resource), resource]));
  };
  return {
    async follow(changes) {
      for (const { type, resource } of changes) {
        if (type === 'DELETED') {
          objects.delete(keyOf(resource));
          shown.delete(keyOf(resource));
        } else objects.set(keyOf(resource), resource);
      }
      const now = clock.now();
      const isDue = now - lookedAt >= STATUS_PAUSE;
      if (isDue) lookedAt = now;
      const changed = changes.filter(({ type }) => type !== 'DELETED').map(({ resource }) => resource);
      const newest = await stated(isDue ? [...objects.values()] : changed);
      const told = changes.map(({ type, resource }) => ({ type, resource: newest.get(keyOf(resource)) ?? resource }));
      const isTold = new Set<string>(changes.map(({ resource }) => keyOf(resource)));
      const others = [...newest].flatMap(([key, resource]): ObjectChange[] => {
        const before = shown.get(key);
        shown.set(key, textOf(resource));
        const isNews = before === undefined ? hasJustChanged(resource, now) : before !== textOf(resource);
        return isNews && !isTold.has(key) ? [{ type: 'MODIFIED', resource }] : [];
      });
      return [...told, ...others];
    },
  };
}

const textOf = ({ status }: Resource): string => JSON.stringify(status ?? {});

function hasJustChanged({ status }: Resource, now: EpochMs): boolean {
  return conditionsIn(status).some(({ lastTransitionTime = '' }) => {
    const changedAt = parseTimestamp(lastTransitionTime);
    return changedAt !== undefined && now - changedAt <= SINCE_THE_LIST;
  });
}
