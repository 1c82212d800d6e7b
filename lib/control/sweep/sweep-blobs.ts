import { durationMs, type DurationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import { type Blobs, STORED_AT_SLACK, type StoredBlob } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import { orNothing } from '../config/or-nothing.ts';
import type { NamedBlobs } from './named-blobs.ts';
import { encodeJsonBlob } from '../revisions/trie-node.ts';

/**
 * How old a blob must be before it may be swept. A writer may name within this time what it has stored, or has found stored; most of
 * it is what a store may leave out when it notes that something was stored again.
 */
export const GRACE: DurationMs = durationMs(STORED_AT_SLACK + 2 * 60 * 60_000);

/** Where a sweep goes on. A cycle looks at every blob once; what it finds unnamed the next cycles take away. */
interface SweepState {
  /** Within a cycle. */
  readonly cursor?: string;
  /** Blobs that no cycle before this one found named, and since when, as a blob; and those of this cycle so far. */
  readonly suspects?: ContentHash;
  readonly found?: ContentHash;
}

const KEY: RecordKey = { partition: 'keeper', id: 'sweep' };

/** More than this wait for the next cycle: their list stays a blob of some 40 MB. */
const MAX_SUSPECTS = 400_000;
/** A step looks at so many pages of the list of blobs: some seconds on an object store. */
const PAGES_PER_STEP = 50;

type Suspects = Map<ContentHash, EpochMs>;

export interface SweepPorts {
  readonly blobs: Blobs;
  readonly records: Pick<Records, 'get' | 'putIf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly namedBlobs: NamedBlobs;
}

export interface SweepStep {
  /** Whether every blob was looked at, and the next step begins anew. */
  readonly isLast: boolean;
  readonly removed: number;
  readonly removedBytes: number;
  /** What the cycle has found so far that nothing names and that is not to go yet. */
  readonly suspects: number;
}

/**
 * One bounded step of a sweep: takes away blobs that were named by nothing in this and an earlier cycle, at least the retention time
 * apart, and that nobody has stored since (STO-10). It may be stopped anywhere, may run twice at once, and may stall for any time:
 * whatever is named after it has looked was named before or stored since, and what was stored since is left alone.
 */
export async function sweepStep(
  { blobs, records, clock, namedBlobs }: SweepPorts,
  { retention, pages = PAGES_PER_STEP }: { readonly retention: DurationMs; readonly pages?: number },
): Promise<SweepStep> {
  const startedAt = clock.now();
  const storedBefore = epochMs(startedAt - GRACE);
  const stored = await records.get<SweepState>(KEY);
  const state = stored?.record ?? {};
  const [suspects, found] = [await readSuspects(blobs, state.suspects), await readSuspects(blobs, state.found)];
  const named = await namedBlobs();
  const isOurs = (hash: ContentHash): boolean => hash === state.suspects || hash === state.found;

  const swept = { removed: 0, removedBytes: 0 };
  const lookAt = async ({ hash, bytes, storedAt }: StoredBlob): Promise<void> => {
    if (named.has(hash) || storedAt >= storedBefore || isOurs(hash)) return;
    const since = suspects.get(hash) ?? startedAt;
    if (startedAt - since >= retention && suspects.has(hash)) {
      await blobs.remove(hash, storedBefore);
      swept.removed += 1;
      swept.removedBytes += bytes;
    } else if (found.size < MAX_SUSPECTS) found.set(hash, since);
  };
  let { cursor } = state;
  for (let page = 0; page < pages; page += 1) {
    const listed = await blobs.list(cursor);
    for (const blob of listed.blobs) await lookAt(blob);
    cursor = listed.cursor;
    if (cursor === undefined) break;
  }
  const foundHash = await blobs.put(encodeJsonBlob([...found]));
  const next: SweepState =
    cursor === undefined
      ? { suspects: foundHash }
      : { cursor, ...(state.suspects && { suspects: state.suspects }), found: foundHash };
  // Where another one was faster its step counts; what both took away is gone all the same.
  await records.putIf(KEY, next, stored?.etag);
  return { isLast: cursor === undefined, ...swept, suspects: found.size };
}

async function readSuspects(blobs: Pick<Blobs, 'get'>, hash: ContentHash | undefined): Promise<Suspects> {
  // Without the list every suspect is a new one: it stays for longer, which is no harm.
  const bytes = hash && (await orNothing(blobs.get(hash)));
  if (!bytes) return new Map();
  return new Map(JSON.parse(new TextDecoder().decode(bytes)) as readonly (readonly [ContentHash, EpochMs])[]);
}
