import { type ContentHash, contentHash } from '../../base/hashing.ts';
import type { Trail } from '../../delivery/trail.ts';
import { ALL_XDS_TYPES } from '../../envoy/xds-types.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Records } from '../../ports/records.ts';
import { orNothing } from '../config/or-nothing.ts';
import type { TypeManifest } from '../../snapshot/manifest.ts';
import { keptRevisions } from './revision-floor.ts';
import { blobReader, type BlobReader } from '../revisions/blob-reader.ts';
import { readHead } from '../revisions/head.ts';
import { EMPTY_TRIE, type TrieNode, type TrieRoot } from '../revisions/trie-node.ts';
import type { ServedHeads } from '../build/served-heads.ts';
import { storedTrails } from './stored-proxies.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import { type IndexHead, INDEX_KEY, readIndexRoot } from '../views/view-indexes.ts';
import { storedReports, type StoredReports } from '../status/view-report.ts';

export interface NamedBlobsPorts {
  readonly blobs: Pick<Blobs, 'get'>;
  readonly records: Pick<Records, 'get' | 'list'>;
  readonly heads: Pick<ServedHeads, 'all'>;
  readonly snapshots: Pick<StoredSnapshots, 'manifest' | 'shards'>;
}

/**
 * Every blob that something names, seen from the records down: what a sweep must leave alone (STO-10). Whoever stores a blob that
 * is to stay has to be asked here. Throws CorruptStore rather than answering too little of the configuration.
 */
export type NamedBlobs = () => Promise<ReadonlySet<ContentHash>>;

export function namedBlobs(ports: NamedBlobsPorts): NamedBlobs {
  const reader = blobReader(ports.blobs);
  return async () => {
    const named = new Set<ContentHash>();
    await nameRevisions(ports, reader, named);
    await nameIndex(ports, reader, named);
    await nameSnapshots(ports, named);
    return named;
  };
}

/** All commits, and what they hold of every revision that is kept. */
async function nameRevisions({ records }: NamedBlobsPorts, reader: BlobReader, named: Set<ContentHash>): Promise<void> {
  const head = await readHead(records);
  if (!head) return;
  const { commits, isKept } = await keptRevisions(records, reader, head.record);
  const roots: TrieRoot[] = [];
  for (const { commit, revision, content } of commits) {
    named.add(commit);
    // The list of revisions tells how many objects each had: that is in the root alone.
    if (content.tree !== EMPTY_TRIE) named.add(content.tree);
    if (isKept(revision)) roots.push(content.tree, content.stamps);
  }
  await nameTries<unknown>(reader, roots, { named, nameIn: objectName });
}

async function nameIndex({ records }: NamedBlobsPorts, reader: BlobReader, named: Set<ContentHash>): Promise<void> {
  const found = await records.get<IndexHead>(INDEX_KEY);
  if (!found) return;
  named.add(found.record.root);
  const index = await orNothing(readIndexRoot(reader, found.record.root));
  const roots = index ? [index.content.servedPorts] : [];
  await orNothing(nameTries<unknown>(reader, roots, { named, nameIn: () => undefined }));
}

/** Values of the tree are names of objects, those of the stamps are not. */
const objectName = (value: unknown): ContentHash | undefined =>
  typeof value === 'string' ? contentHash(value) : undefined;

interface Naming {
  readonly named: Set<ContentHash>;
  /** The blob that a value of the trie names, if it names one. */
  readonly nameIn: (value: unknown) => ContentHash | undefined;
}

/** Level by level, each node once, however many revisions share it. */
async function nameTries<Value>(reader: BlobReader, roots: readonly TrieRoot[], naming: Naming): Promise<void> {
  const walked = new Set<ContentHash>([EMPTY_TRIE]);
  const unwalked = (hashes: readonly ContentHash[]): ContentHash[] =>
    [...new Set(hashes)].filter((hash) => !walked.has(hash));
  for (let level = unwalked(roots); level.length > 0;) {
    for (const hash of level) {
      walked.add(hash);
      naming.named.add(hash);
    }
    const nodes = await reader.readAll<TrieNode<Value>>(level);
    for (const node of nodes) {
      if ('leaf' in node) {
        for (const value of Object.values(node.leaf)) {
          const name = naming.nameIn(value);
          if (name !== undefined) naming.named.add(name);
        }
      }
    }
    level = unwalked(
      nodes.flatMap((node) => ('branch' in node ? Object.values(node.branch).map((child) => child.node) : [])),
    );
  }
}

/**
 * The snapshots that views serve, and those which proxies may still be running parts of. What lies below something that
 * cannot be read is of use to nobody; the next build writes it anew.
 */
async function nameSnapshots(
  { heads, records, snapshots, blobs }: NamedBlobsPorts,
  named: Set<ContentHash>,
): Promise<void> {
  const manifests = new Set<ContentHash>();
  const reports = storedReports(blobs);
  for await (const { record } of heads.all()) {
    manifests.add(record.manifest);
    if (record.report) await nameReport(reports, record.report, named);
  }
  for (const trail of await storedTrails(records)) for (const hash of trailManifests(trail)) manifests.add(hash);
  for (const hash of manifests) {
    named.add(hash);
    await orNothing(nameManifest(snapshots, hash, named));
  }
}

function trailManifests(trail: Trail): readonly ContentHash[] {
  const places = [trail.clusters, ...Object.values(trail.places)].filter((place) => place !== undefined);
  const marks = places.flatMap(({ shown, sent }) => (shown ? [shown, ...sent] : sent));
  return [...trail.steps.map(({ manifest }) => manifest), ...marks.flatMap(({ from = [] }) => from)];
}

/** What is told of a snapshot beside it. */
async function nameReport(reports: StoredReports, hash: ContentHash, named: Set<ContentHash>): Promise<void> {
  named.add(hash);
  for (const shard of (await orNothing(reports.root(hash)))?.shards ?? []) named.add(shard);
}

async function nameManifest(
  snapshots: NamedBlobsPorts['snapshots'],
  root: ContentHash,
  named: Set<ContentHash>,
): Promise<void> {
  const manifest = await snapshots.manifest(root);
  for (const type of ALL_XDS_TYPES) {
    const set: TypeManifest = manifest[type];
    const indexes = [...set.shards.keys()].filter((index) => {
      const hash = set.shards[index]?.hash;
      return hash !== undefined && !named.has(hash);
    });
    const shards = set.whole ? [] : await snapshots.shards(set, indexes);
    for (const { hash, body } of set.shards) for (const blob of body ? [hash, body] : [hash]) named.add(blob);
    for (const { hash, chunks = [hash] } of shards.flatMap((shard) => [...shard.values()])) {
      for (const chunk of chunks) named.add(chunk);
    }
  }
}
