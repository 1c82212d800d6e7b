import type { ContentHash } from '../../base/hashing.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import type { Stamp } from '../revisions/commit.ts';
import { allEntries, lookUp } from '../revisions/read-trie.ts';
import { byKey, type StoredObject } from '../revisions/stored-object.ts';

/** One object as it is stored at some revision. */
export interface ExistingObject {
  readonly key: string;
  readonly object: StoredObject;
  readonly hash: ContentHash;
  readonly stamp: Stamp;
}

type Trees = Pick<RevisionState, 'tree' | 'stamps'>;

/** Those of the objects that exist; costs a path in each trie and a body per key. */
export async function existingObjects(
  store: Pick<ConfigStore, 'reader'>,
  { tree, stamps }: Trees,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, ExistingObject>> {
  const wanted = [...keys];
  const [hashes, marks] = await Promise.all([
    lookUp<ContentHash>(store.reader, tree, wanted),
    lookUp<Stamp>(store.reader, stamps, wanted),
  ]);
  return withBodies(store, hashes, marks);
}

/** Every object that the filter takes by its key, in the order of lists (CS-2). */
export async function allObjects(
  store: Pick<ConfigStore, 'reader'>,
  { tree, stamps }: Trees,
  isWanted: (key: string) => boolean = () => true,
): Promise<readonly ExistingObject[]> {
  const [hashes, marks] = await Promise.all([
    allEntries<ContentHash>(store.reader, tree),
    allEntries<Stamp>(store.reader, stamps),
  ]);
  const wanted = new Map([...hashes].filter(([key]) => isWanted(key)));
  const found = await withBodies(store, wanted, marks);
  return [...found.values()].sort((a, b) => byKey(a.key, b.key));
}

async function withBodies(
  store: Pick<ConfigStore, 'reader'>,
  hashes: ReadonlyMap<string, ContentHash>,
  stamps: ReadonlyMap<string, Stamp>,
): Promise<ReadonlyMap<string, ExistingObject>> {
  const bodies = await store.reader.readAll<StoredObject>([...hashes.values()]);
  const found = new Map<string, ExistingObject>();
  [...hashes].forEach(([key, hash], index) => {
    const [object, stamp] = [bodies[index], stamps.get(key)];
    if (object && stamp) found.set(key, { key, object, hash, stamp });
  });
  return found;
}
