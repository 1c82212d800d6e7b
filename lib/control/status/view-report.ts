import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import type { Issue } from '../../base/issue.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { placeOf, shardAt, shardCount } from '../../snapshot/place.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import { rememberedBlobs } from '../build/remembered-blobs.ts';
import type { ResourceSources } from './resource-documents.ts';
import type { ViewNotes } from '../build/view-notes.ts';

/** What is told of the snapshot that a view serves, beside it: what was wrong with its documents, and which of them made what. */
export interface ViewReport {
  readonly issues: readonly Issue[];
  /** Blobs with the resources by document, by the first bits of the hash of the document's key; none where there is nothing. */
  readonly shards: readonly ContentHash[];
}

/** Names of resources as `type/name`, by the key of the document that they were made of; in the order of the keys. */
export type SourcesShard = ReadonlyMap<string, readonly string[]>;

/** A report that has its name, and the texts of all that it consists of. */
export interface SealedReport {
  readonly hash: ContentHash;
  readonly root: ViewReport;
  readonly shards: readonly SealedShard[];
}

interface SealedShard {
  readonly hash: ContentHash;
  readonly entries: SourcesShard;
}

export interface ReportSealer {
  /** Only shards that differ from those of the view's last report are worded and hashed again. */
  seal(viewKey: ViewKey, notes: ViewNotes): SealedReport;
}

/** More problems than anyone reads; keeps a report of a mesh where every document is wrong within a few hundred kilobytes. */
const MAX_ISSUES = 1_000;
const REMEMBERED_VIEWS = 500;
const REMEMBERED_PLACES = 200_000;

export function reportSealer(): ReportSealer {
  const last = leastRecentlyUsed<ViewKey, SealedReport & Pick<ViewNotes, 'sources'>>({ max: REMEMBERED_VIEWS });
  const places = leastRecentlyUsed<string, number>({ max: REMEMBERED_PLACES });
  const place = (key: string): number => {
    const known = places.get(key) ?? placeOf(key);
    places.set(key, known);
    return known;
  };
  return {
    seal(viewKey, { issues, sources }) {
      const before = last.get(viewKey);
      const shards =
        before?.sources === sources
          ? before.shards
          : shardsOf(sources, place).map((entries, index) => sealShard(entries, before?.shards[index]));
      const root = { issues: issues.slice(0, MAX_ISSUES), shards: shards.map(({ hash }) => hash) };
      const report = { hash: hashBytes(printReport(root)), root, shards };
      last.set(viewKey, { ...report, sources });
      return report;
    },
  };
}

function shardsOf(sources: ResourceSources, place: (key: string) => number): readonly SourcesShard[] {
  const count = shardCount(sources.size);
  const shards = Array.from({ length: count }, () => new Map<string, readonly string[]>());
  const sorted = [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, references] of sorted) shards[shardAt(place(key), count)]?.set(key, [...references]);
  return shards;
}

function sealShard(entries: SourcesShard, before: SealedShard | undefined): SealedShard {
  return before && isSame(entries, before.entries) ? before : { hash: hashBytes(printShard(entries)), entries };
}

function isSame(entries: SourcesShard, before: SourcesShard): boolean {
  if (entries.size !== before.size) return false;
  return [...entries].every(([key, references]) => {
    const known = before.get(key);
    return known?.length === references.length && references.every((reference, index) => reference === known[index]);
  });
}

/** What must be stored before a head may name the report, and that the report which is served does not name already. */
export function reportBlobs(report: SealedReport, served: ViewReport | undefined): readonly Uint8Array[] {
  const stored = new Set(served?.shards);
  const shards = report.shards.filter(({ hash }) => !stored.has(hash)).map(({ entries }) => printShard(entries));
  return [...shards, printReport(report.root)].map((text) => utf8.encode(text));
}

const utf8 = new TextEncoder();

const printReport = (root: ViewReport): string => JSON.stringify(root);
const printShard = (entries: SourcesShard): string => JSON.stringify([...entries]);

/** Reports by the hash that a head names, with a memory. Everything throws CorruptStore for what is not there. */
export interface StoredReports {
  root(hash: ContentHash): Promise<ViewReport>;
  /** Of some documents, which resources they had a part in; reads only the shards of the keys. */
  madeOf(report: ViewReport, documents: readonly string[]): Promise<SourcesShard>;
  /** All documents of the view. */
  all(report: ViewReport): Promise<SourcesShard>;
}

const REMEMBERED_REPORTS = 500;
const REMEMBERED_DOCUMENTS = 200_000;

export function storedReports(blobs: Pick<Blobs, 'get'>): StoredReports {
  const text = new TextDecoder();
  const roots = rememberedBlobs(blobs, {
    read: (bytes) => JSON.parse(text.decode(bytes)) as ViewReport,
    max: REMEMBERED_REPORTS,
  });
  const shards = rememberedBlobs<SourcesShard>(blobs, {
    read: (bytes) => new Map(JSON.parse(text.decode(bytes)) as readonly (readonly [string, readonly string[]])[]),
    max: REMEMBERED_DOCUMENTS,
    weigh: (entries) => entries.size,
  });
  const joined = async (hashes: readonly ContentHash[]): Promise<SourcesShard> =>
    new Map((await shards.getAll(hashes)).flatMap((entries) => [...entries]));
  return {
    root: (hash) => roots.get(hash),
    all: (report) => joined(report.shards),
    async madeOf({ shards: hashes }, documents) {
      const indexes = new Set(documents.map((key) => shardAt(placeOf(key), hashes.length)));
      const found = await joined(hashes.filter((_, index) => indexes.has(index)));
      return new Map(documents.flatMap((key) => (found.has(key) ? [[key, found.get(key) ?? []] as const] : [])));
    },
  };
}
