import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import type { ContentHash } from '../../lib/base/hashing.ts';
import type { Blobs } from '../../lib/ports/blobs.ts';
import { type BlobReader, blobReader } from '../../lib/control/revisions/blob-reader.ts';
import { editTrie, type TrieEdits } from '../../lib/control/revisions/edit-trie.ts';
import { EMPTY_TRIE } from '../../lib/control/revisions/trie-node.ts';

export interface TestTrie {
  readonly reader: BlobReader;
  /** Names of blobs that were read past the memory of the reader. */
  readonly reads: ContentHash[];
  /** How many nodes the last edit stored. */
  readonly stored: () => number;
  edit(root: ContentHash, edits: TrieEdits<string>): Promise<ContentHash>;
  make(entries: ReadonlyMap<string, string>): Promise<ContentHash>;
}

/** Tries over blobs in memory, with counts of what is read and written. The reader remembers nothing. */
export function testTrie(): TestTrie {
  const blobs = memoryBlobs();
  const reads: ContentHash[] = [];
  const counted: Pick<Blobs, 'get'> = {
    get: async (hash) => {
      reads.push(hash);
      return blobs.get(hash);
    },
  };
  const reader = blobReader(counted, 0);
  let stored = 0;
  const edit = async (root: ContentHash, edits: TrieEdits<string>): Promise<ContentHash> => {
    const edited = await editTrie(reader, root, edits);
    await blobs.putAll(edited.blobs);
    stored = edited.blobs.length;
    return edited.root;
  };
  return { reader, reads, stored: () => stored, edit, make: (entries) => edit(EMPTY_TRIE, entries) };
}

/** `Service/default/svc-<i>` → `v`, for i below the count. */
export function manyEntries(count: number, value = 'v'): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => [`Service/default/svc-${index}`, value]));
}
