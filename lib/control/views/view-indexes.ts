import { durationMs, type EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { blobReader, type BlobReader } from '../revisions/blob-reader.ts';
import { indexedViews, type NamedIndexRoot, type ViewFinder, type ViewIndexRoot } from './view-index.ts';

/** Which index tells the views of proxies now. */
export interface IndexHead {
  readonly root: ContentHash;
  /** The first revision that has this index; later ones that changed nothing in it leave it. */
  readonly revision: number;
}

export const INDEX_KEY: RecordKey = { partition: 'view-index', id: 'newest' };

/** The index that was published last, as those see it who answer polls; `undefined` before any was. */
export interface ViewIndexes {
  /** At most as old as the freshness time; with the store down whatever was seen last (DLV-8). */
  recent(): Promise<ViewFinder | undefined>;
  /** A read that starts after this call, shared by all who ask meanwhile; with the store down as `recent`. */
  newest(): Promise<ViewFinder | undefined>;
  /** Says that this process has published another index: the next look reads it. */
  noteReplaced(): void;
}

/** How long an index may be used without another look: a selector that splits views takes effect within this time. */
const FRESHNESS = durationMs(10_000);

interface HeldIndex {
  readonly root: ContentHash | undefined;
  readonly finder: ViewFinder | undefined;
  readonly at: EpochMs;
  /** How many indexes this process had published when it was read. */
  readonly generation: number;
}

export interface IndexPorts {
  readonly blobs: Pick<Blobs, 'get'>;
  readonly records: Pick<Records, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether nobody else publishes: then the index is the one that this process knows until it says otherwise. */
  readonly hearsAllPolls: boolean;
}

export function viewIndexes({ blobs, records, clock, hearsAllPolls }: IndexPorts): ViewIndexes {
  const reader = blobReader(blobs);
  let held: HeldIndex | undefined;
  let reading: Promise<HeldIndex> | undefined;
  let generation = 0;

  const read = async (): Promise<HeldIndex> => {
    const [at, of] = [clock.now(), generation];
    const root = (await records.get<IndexHead>(INDEX_KEY))?.record.root;
    const finder = root === held?.root ? held?.finder : root && (await loadFinder(reader, root));
    // A slow answer must not undo what a later read has shown.
    if (held === undefined || held.at <= at) held = { root, finder, at, generation: of };
    return held;
  };
  const isFresh = (index: HeldIndex): boolean =>
    index.generation === generation && (hearsAllPolls || clock.now() - index.at < FRESHNESS);
  const readTogether = (): Promise<HeldIndex> => (reading ??= read().finally(() => (reading = undefined)));

  const readOrRemember = async (): Promise<ViewFinder | undefined> => {
    try {
      return (await readTogether()).finder;
    } catch (error) {
      if (held && error instanceof StoreUnavailable) return held.finder;
      throw error;
    }
  };
  return {
    noteReplaced: () => void (generation += 1),
    async recent() {
      return held !== undefined && isFresh(held) ? held.finder : readOrRemember();
    },
    async newest() {
      // One that is under way may have seen the index before.
      await reading?.catch(() => undefined);
      return readOrRemember();
    },
  };
}

async function loadFinder(reader: BlobReader, hash: ContentHash): Promise<ViewFinder> {
  return indexedViews(await readIndexRoot(reader, hash), reader);
}

export async function readIndexRoot(reader: BlobReader, hash: ContentHash): Promise<NamedIndexRoot> {
  return { hash, content: await reader.read<ViewIndexRoot>(hash) };
}
