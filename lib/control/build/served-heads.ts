import { type DurationMs, durationMs, type EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Etag, RecordGuard, RecordKey, Records, StoredRecord } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import { leaseEpoch, type LeaseEpoch } from '../lead/lease.ts';
import { listAll } from '../list-all.ts';

/** Which snapshot a view serves now. */
export interface Head {
  readonly manifest: ContentHash;
  readonly epoch: LeaseEpoch;
  /** The revision whose build put this snapshot here; later revisions that changed nothing for the view leave it. */
  readonly revision: number;
  readonly publishedAt: EpochMs;
  /** What is told of the snapshot beside it, as `ViewReport`; absent in heads of an earlier release. */
  readonly report?: ContentHash;
}

/** What was seen of a view's head. `isStale` means that the store could not be asked and this is the last that was seen. */
export interface SeenHead {
  readonly stored: StoredRecord<Head> | undefined;
  readonly isStale: boolean;
}

/** What must hold for a head to be replaced: who is served now, and that the lease of whoever replaces it is as it was. */
export interface HeadCondition {
  readonly expected: Etag | undefined;
  readonly guard?: RecordGuard;
}

/** The heads of all views, with a short memory: an unchanged poll reads nothing if the process has looked just now (DLV-1). */
export interface ServedHeads {
  /** At most as old as the freshness time; with the store down whatever was seen last (DLV-8). Throws when nothing was. */
  look(viewKey: ViewKey): Promise<SeenHead>;
  /** A read that starts after this call; throws StoreUnavailable with the store down. */
  lookNow(viewKey: ViewKey): Promise<StoredRecord<Head> | undefined>;
  /** The highest epoch under which any head was written; 0 where there is none. Lists them all. */
  newestEpoch(): Promise<LeaseEpoch>;
  /** Takes a head away, unless it was replaced since it was seen. */
  remove(seen: StoredRecord<Head>): Promise<boolean>;
  /** Every head, in pages: for sweeping. */
  all(): AsyncGenerator<StoredRecord<Head>>;
  /** Conditional write; false when someone else was faster, or the guard is no longer as it was seen. */
  replace(viewKey: ViewKey, head: Head, condition: HeadCondition): Promise<boolean>;
}

/** How long a head that was read may be served without another read. */
const FRESHNESS = durationMs(1_000);

const PARTITION = 'heads';
/** Views may be invented by whoever polls, so what is remembered of them is bounded. */
const REMEMBERED_HEADS = 20_000;

interface Seen {
  readonly stored: StoredRecord<Head> | undefined;
  readonly at: EpochMs;
}

export function servedHeads(
  records: Pick<Records, 'get' | 'putIf' | 'putGuarded' | 'removeIf' | 'list'>,
  clock: Pick<Clock, 'now'>,
  freshness: DurationMs = FRESHNESS,
): ServedHeads {
  const seen = leastRecentlyUsed<string, Seen>({ max: REMEMBERED_HEADS });
  const looking = new Map<ViewKey, Promise<StoredRecord<Head> | undefined>>();

  const lookNow = async (viewKey: ViewKey): Promise<StoredRecord<Head> | undefined> => {
    const at = clock.now();
    const stored = await records.get<Head>(keyOf(viewKey));
    // A slow answer must not undo what a later read or a write has shown.
    if ((seen.get(viewKey)?.at ?? 0) <= at) seen.set(viewKey, { stored, at });
    return stored;
  };
  /** Many polls that find the memory too old share one read. */
  const lookTogether = (viewKey: ViewKey): Promise<StoredRecord<Head> | undefined> => {
    const under = looking.get(viewKey);
    if (under) return under;
    const started = lookNow(viewKey).finally(() => looking.delete(viewKey));
    looking.set(viewKey, started);
    return started;
  };
  const lookOrRemember = async (viewKey: ViewKey): Promise<SeenHead> => {
    try {
      return { stored: await lookTogether(viewKey), isStale: false };
    } catch (error) {
      const known = seen.get(viewKey);
      if (known?.stored && error instanceof StoreUnavailable) return { stored: known.stored, isStale: true };
      throw error;
    }
  };
  return {
    lookNow,
    async look(viewKey) {
      const known = seen.get(viewKey);
      const isFresh = known !== undefined && clock.now() - known.at < freshness;
      return isFresh ? { stored: known.stored, isStale: false } : lookOrRemember(viewKey);
    },
    async newestEpoch() {
      let newest = 0;
      for await (const { record } of listAll<Head>(records, PARTITION)) newest = Math.max(newest, record.epoch);
      return leaseEpoch(newest);
    },
    async remove({ id, etag }) {
      const isRemoved = await records.removeIf(keyOf(id), etag);
      seen.delete(id);
      return isRemoved;
    },
    all: () => listAll<Head>(records, PARTITION),
    async replace(viewKey, head, { expected, guard }) {
      const key = keyOf(viewKey);
      const next = await (guard
        ? records.putGuarded(key, head, { expected, guard })
        : records.putIf(key, head, expected));
      if (next === undefined) return false;
      seen.set(viewKey, { stored: { id: viewKey, record: head, etag: next }, at: clock.now() });
      return true;
    },
  };
}

const keyOf = (id: string): RecordKey => ({ partition: PARTITION, id });
