import { EMPTY_TRIE, type TrieNode } from '../../../lib/control/revisions/trie-node.ts';
import type { Commit, CommitRef } from '../../../lib/control/revisions/commit.ts';
import type { Head } from '../../../lib/control/build/served-heads.ts';
import type { IndexHead } from '../../../lib/control/views/view-indexes.ts';
import type { ViewIndexRoot } from '../../../lib/control/views/view-index.ts';
import type { ViewReport } from '../../../lib/control/status/view-report.ts';
import type { RecordKey } from '../../../lib/ports/records.ts';
import type { ContentHash } from '../../../lib/base/hashing.ts';
import { type Manifest, readManifest } from '../../../lib/snapshot/manifest.ts';
import { readShard } from '../../../lib/snapshot/shard.ts';
import type { History } from './history.ts';

/** One kind of body, and what it names itself. */
type Names = (bytes: Uint8Array) => readonly Named[];

interface Named {
  readonly hash: ContentHash;
  readonly names: Names;
}

/** Whether everything that a head names was stored at the moment at which it was named, down to the last body (FLT-2, SNAP-5). */
export function checkBodies(history: History): readonly string[] {
  const stored = new Map<ContentHash, Uint8Array>();
  /** What is known to be whole. A body that is taken away may break it. */
  let whole = new Set<ContentHash>();
  const heads = new Map<string, Named>();
  const missing = (named: Named): ContentHash | undefined => {
    if (whole.has(named.hash)) return undefined;
    const bytes = stored.get(named.hash);
    if (bytes === undefined) return named.hash;
    for (const below of named.names(bytes)) {
      const lacking = missing(below);
      if (lacking !== undefined) return lacking;
    }
    whole.add(named.hash);
    return undefined;
  };
  const wrong: string[] = [];
  const check = (why: string, named: Named): void => {
    const lacking = missing(named);
    if (lacking !== undefined) wrong.push(`${why} ${named.hash.slice(0, 8)}, but ${lacking.slice(0, 8)} is not stored`);
  };
  for (const event of history) {
    if (event.what === 'blob') stored.set(event.hash, event.bytes);
    if (event.what === 'blob-removed') {
      stored.delete(event.hash);
      whole = new Set();
      for (const [key, named] of heads) check(`${event.by} takes a body away while ${key} names`, named);
    }
    if (event.what === 'record-removed') heads.delete(nameOf(event.key));
    if (event.what !== 'record') continue;
    const named = namedBy(event.key.partition, event.record);
    if (named === undefined) continue;
    const key = nameOf(event.key);
    heads.set(key, named);
    check(`${event.by} lets ${key} name`, named);
  }
  return wrong;
}

function namedBy(partition: string, record: unknown): Named | undefined {
  if (partition === 'config') return { hash: (record as CommitRef).commit, names: namesInCommit };
  if (partition === 'view-index') return { hash: (record as IndexHead).root, names: namesInIndex };
  if (partition !== 'heads') return undefined;
  const { manifest, report } = record as Head;
  const told = report ? [{ hash: report, names: namesInReport }] : [];
  return { hash: manifest, names: (bytes) => [...namesInManifest(bytes), ...told] };
}

const nameOf = ({ partition, id }: RecordKey): string => `${partition}/${id.slice(0, 12)}`;

const namesInCommit: Names = (bytes) => {
  const { tree, stamps, parent } = parsed<Commit>(bytes);
  return [
    ...(tree === EMPTY_TRIE ? [] : [{ hash: tree, names: namesInTree }]),
    ...(stamps === EMPTY_TRIE ? [] : [{ hash: stamps, names: namesInStamps }]),
    ...(parent === null ? [] : [{ hash: parent, names: namesInCommit }]),
  ];
};

const namesInTree: Names = (bytes) => {
  const node = parsed<TrieNode<ContentHash>>(bytes);
  if ('leaf' in node) return Object.values(node.leaf).map((hash) => ({ hash, names: nothing }));
  return Object.values(node.branch).map((child) => ({ hash: child.node, names: namesInTree }));
};

const namesInStamps: Names = (bytes) => {
  const node = parsed<TrieNode<object>>(bytes);
  if ('leaf' in node) return [];
  return Object.values(node.branch).map((child) => ({ hash: child.node, names: namesInStamps }));
};

const namesInManifest: Names = (bytes) => {
  const manifest: Manifest = readManifest(utf8.decode(bytes));
  return Object.values(manifest).flatMap(({ shards }) =>
    shards.flatMap(({ hash, body }) =>
      body
        ? [
            { hash, names: nothing },
            { hash: body, names: nothing },
          ]
        : [{ hash, names: namesInShard }],
    ),
  );
};

const namesInShard: Names = (bytes) =>
  [...readShard(utf8.decode(bytes)).values()].flatMap(({ hash, chunks = [hash] }) =>
    chunks.map((chunk) => ({ hash: chunk, names: nothing })),
  );

const namesInReport: Names = (bytes) => parsed<ViewReport>(bytes).shards.map((hash) => ({ hash, names: nothing }));

const namesInIndex: Names = (bytes) => {
  const { servedPorts } = parsed<ViewIndexRoot>(bytes);
  return servedPorts === EMPTY_TRIE ? [] : [{ hash: servedPorts, names: namesInStamps }];
};

const nothing: Names = () => [];

const utf8 = new TextDecoder();
const parsed = <T>(bytes: Uint8Array): T => JSON.parse(utf8.decode(bytes)) as T;
