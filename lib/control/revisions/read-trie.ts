import { canonicalJson, type ContentHash } from '../../base/hashing.ts';
import type { BlobReader } from './blob-reader.ts';
import { digitAt, EMPTY_TRIE, type TrieNode, type TrieRoot } from './trie-node.ts';

/** One node; the empty trie is known without being stored. */
export async function readNode<Value>(reader: BlobReader, hash: ContentHash): Promise<TrieNode<Value>> {
  return hash === EMPTY_TRIE ? { leaf: {} } : reader.read<TrieNode<Value>>(hash);
}

/** The values of those keys that the trie has; reads one path per key, and shared nodes once. */
export async function lookUp<Value>(
  reader: BlobReader,
  root: TrieRoot,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, Value>> {
  const found = new Map<string, Value>();
  const visit = async (hash: ContentHash, some: readonly string[], depth: number): Promise<void> => {
    const node = await readNode<Value>(reader, hash);
    if ('leaf' in node) {
      for (const key of some) if (Object.hasOwn(node.leaf, key)) found.set(key, node.leaf[key] as Value);
      return;
    }
    const below = [...Map.groupBy(some, (key) => digitAt(key, depth))];
    await Promise.all(
      below.map(async ([digit, rest]) => {
        const child = node.branch[digit];
        if (child) await visit(child.node, rest, depth + 1);
      }),
    );
  };
  await visit(root, [...new Set(keys)], 0);
  return found;
}

/** Every entry, in no order that means anything. */
export async function allEntries<Value>(reader: BlobReader, root: TrieRoot): Promise<ReadonlyMap<string, Value>> {
  const entries = new Map<string, Value>();
  let level: readonly ContentHash[] = root === EMPTY_TRIE ? [] : [root];
  while (level.length > 0) {
    const nodes = await reader.readAll<TrieNode<Value>>(level);
    for (const node of nodes) {
      if ('leaf' in node) for (const [key, value] of Object.entries(node.leaf)) entries.set(key, value);
    }
    level = nodes.flatMap((node) => ('branch' in node ? Object.values(node.branch).map((child) => child.node) : []));
  }
  return entries;
}

/** What one key was and is; at least one of them is there. */
export interface TrieChange<Value> {
  readonly key: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** What differs between two tries. Reads only nodes that are in one of them and not in the other: O(change) (STO-7). */
export async function diffTries<Value>(
  reader: BlobReader,
  before: TrieRoot,
  after: TrieRoot,
): Promise<readonly TrieChange<Value>[]> {
  if (before === after) return [];
  const [old, now] = await Promise.all([readNode<Value>(reader, before), readNode<Value>(reader, after)]);
  if ('branch' in old && 'branch' in now) {
    const digits = [...new Set([...Object.keys(old.branch), ...Object.keys(now.branch)])].sort();
    const changes = await Promise.all(
      digits.map((digit) =>
        diffTries<Value>(reader, old.branch[digit]?.node ?? EMPTY_TRIE, now.branch[digit]?.node ?? EMPTY_TRIE),
      ),
    );
    return changes.flat();
  }
  // One side is a leaf: the other has few entries, or many more than it and then they are the change.
  const [oldEntries, newEntries] = await Promise.all([
    allEntries<Value>(reader, before),
    allEntries<Value>(reader, after),
  ]);
  const keys = new Set([...oldEntries.keys(), ...newEntries.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [oldEntries.get(key), newEntries.get(key)];
    return canonicalJson(was ?? null) === canonicalJson(is ?? null) ? [] : [{ key, before: was, after: is }];
  });
}
