import { isSameJson } from '../../base/same-json.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { RecordGuard, Records } from '../../ports/records.ts';
import { orNothing } from '../config/or-nothing.ts';
import type { ServedPort, ServedPorts } from '../../world/served-ports.ts';
import type { World } from '../../world/world.ts';
import { type BlobReader, blobReader } from '../revisions/blob-reader.ts';
import { type EditedTrie, editTrie, type TrieEdits } from '../revisions/edit-trie.ts';
import { allEntries } from '../revisions/read-trie.ts';
import { EMPTY_TRIE } from '../revisions/trie-node.ts';
import { nameIndexRoot, type NamedIndexRoot, servedKey } from './view-index.ts';
import { type IndexHead, INDEX_KEY, readIndexRoot } from './view-indexes.ts';
import type { WorldAt } from '../build/worlds.ts';

export interface IndexPublication {
  readonly world: Pick<WorldAt, 'revision' | 'world'>;
  /** The lease under which the world was built. */
  readonly guard: RecordGuard;
}

export type IndexPublished = 'kept' | 'replaced' | 'lost-race';

/**
 * Publishes the index of a world, for whose views the snapshots are there: polls find their views by it from then on. Writes
 * only what differs from the index before, and nothing if nothing does.
 */
export type PublishViewIndex = (publication: IndexPublication) => Promise<IndexPublished>;

type ServedByNamespace = World['servedPorts'];

/** An index with the ports that it was made of. */
interface KnownIndex {
  readonly root: NamedIndexRoot;
  readonly served: ServedByNamespace;
}

export interface PublishIndexPorts {
  readonly blobs: Pick<Blobs, 'get' | 'putAll'>;
  readonly records: Pick<Records, 'get' | 'putGuarded'>;
}

export function viewIndexPublisher({ blobs, records }: PublishIndexPorts): PublishViewIndex {
  const reader = blobReader(blobs);
  let last: KnownIndex | undefined;

  return async ({ world: { revision, world }, guard }) => {
    const stored = await records.get<IndexHead>(INDEX_KEY);
    const before =
      last !== undefined && last.root.hash === stored?.record.root ? last : await known(reader, stored?.record);
    const edited = await editedPorts(reader, before, world.servedPorts);
    const named = nameIndexRoot({
      selectedLabels: [...world.selectedLabels].sort(),
      decidingFacts: [...world.decidingFacts].sort(),
      sidecarChoices: world.sidecarChoices,
      servedPorts: edited.root,
      identityBindings: world.identityBindings,
    });
    if (named.hash !== stored?.record.root) {
      await blobs.putAll([...edited.blobs, named.bytes]);
      const head: IndexHead = { root: named.hash, revision };
      const won = await records.putGuarded(INDEX_KEY, head, { expected: stored?.etag, guard });
      if (won === undefined) return 'lost-race';
    }
    last = { root: named, served: world.servedPorts };
    return named.hash === stored?.record.root ? 'kept' : 'replaced';
  };
}

/**
 * The index that another process published, or this one before it was started anew. What cannot be read is not relied on: the new
 * index is written in full, and with it the index is whole again.
 */
const known = async (reader: BlobReader, head: IndexHead | undefined): Promise<KnownIndex | undefined> =>
  head && (await orNothing(readKnown(reader, head)));

async function readKnown(reader: BlobReader, head: IndexHead): Promise<KnownIndex> {
  const root = await readIndexRoot(reader, head.root);
  const entries = await allEntries<readonly ServedPort[]>(reader, root.content.servedPorts);
  const byNamespace = Map.groupBy(entries, ([key]) => key.slice(0, key.indexOf(' ')));
  const addresses = (namespace: string, of: readonly (readonly [string, readonly ServedPort[]])[]): ServedPorts =>
    new Map(of.map(([key, ports]) => [key.slice(namespace.length + 1), ports]));
  return { root, served: new Map([...byNamespace].map(([name, of]) => [name, addresses(name, of)])) };
}

async function editedPorts(
  reader: BlobReader,
  before: KnownIndex | undefined,
  now: ServedByNamespace,
): Promise<EditedTrie> {
  const edited =
    before && (await orNothing(editTrie(reader, before.root.content.servedPorts, servedEdits(before.served, now))));
  return edited ?? editTrie(reader, EMPTY_TRIE, servedEdits(new Map(), now)); // as in `known`
}

const NOWHERE_SERVED: ServedPorts = new Map();

/** What has to change in the trie; looks only into namespaces in which something did. */
function servedEdits(before: ServedByNamespace, after: ServedByNamespace): TrieEdits<readonly ServedPort[]> {
  const edits = new Map<string, readonly ServedPort[] | undefined>();
  for (const namespace of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(namespace) ?? NOWHERE_SERVED, after.get(namespace) ?? NOWHERE_SERVED];
    if (was === is) continue;
    for (const [address, ports] of is) {
      if (!isSame(was.get(address), ports)) edits.set(servedKey(namespace, address), ports);
    }
    for (const address of was.keys()) if (!is.has(address)) edits.set(servedKey(namespace, address), undefined);
  }
  return edits;
}

function isSame(was: readonly ServedPort[] | undefined, is: readonly ServedPort[]): boolean {
  return isSameJson(was, is);
}
