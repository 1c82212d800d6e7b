import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import type { BlobReader } from './blob-reader.ts';
import { readNode } from './read-trie.ts';
import {
  type ChildRef,
  digitAt,
  EMPTY_TRIE,
  encodeJsonBlob,
  entriesOf,
  MAX_LEAF_ENTRIES,
  type TrieNode,
  type TrieRoot,
} from './trie-node.ts';

/** New values by key; `undefined` takes the key out. */
export type TrieEdits<Value> = ReadonlyMap<string, Value | undefined>;

export interface EditedTrie {
  readonly root: TrieRoot;
  /** The nodes that must be stored before anything names the root; at most the touched paths (STO-2). */
  readonly blobs: readonly Uint8Array[];
}

/** The trie after the edits. The same entries give the same root, whatever the order in which they came about. */
export async function editTrie<Value>(
  reader: BlobReader,
  root: TrieRoot,
  edits: TrieEdits<Value>,
): Promise<EditedTrie> {
  if (edits.size === 0) return { root, blobs: [] };
  const made = new Map<ContentHash, Uint8Array>();
  const after = await editNode({ reader, made, depth: 0 }, root, edits);
  return { root: after?.node ?? EMPTY_TRIE, blobs: [...made.values()] };
}

interface Place {
  readonly reader: BlobReader;
  readonly made: Map<ContentHash, Uint8Array>;
  readonly depth: number;
}

/** Answers the node that takes the place of `before`, or `undefined` when nothing is left below it. */
async function editNode<Value>(
  place: Place,
  before: ContentHash,
  edits: TrieEdits<Value>,
): Promise<ChildRef | undefined> {
  const node = await readNode<Value>(place.reader, before);
  if ('leaf' in node) return buildNode(place, editedEntries(node.leaf, edits));

  const children = new Map(Object.entries(node.branch));
  const byDigit = [...Map.groupBy(edits, ([key]) => digitAt(key, place.depth))];
  const below = { ...place, depth: place.depth + 1 };
  await Promise.all(
    byDigit.map(async ([digit, some]) => {
      const child = await editNode(below, children.get(digit)?.node ?? EMPTY_TRIE, new Map(some));
      if (child) children.set(digit, child);
      else children.delete(digit);
    }),
  );
  return joinChildren<Value>(place, children);
}

function editedEntries<Value>(
  leaf: Readonly<Record<string, Value>>,
  edits: TrieEdits<Value>,
): ReadonlyMap<string, Value> {
  const entries = new Map(Object.entries(leaf));
  for (const [key, value] of edits) {
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  return entries;
}

/** A branch of these children, or one leaf of all their entries once these fit into it. */
async function joinChildren<Value>(
  place: Place,
  children: ReadonlyMap<string, ChildRef>,
): Promise<ChildRef | undefined> {
  const node = { branch: Object.fromEntries(children) };
  if (entriesOf(node) > MAX_LEAF_ENTRIES) return keep(place, node);
  // So few entries lie in children that are leaves themselves.
  const leaves = await Promise.all([...children.values()].map((child) => readMade<Value>(place, child.node)));
  return buildNode(place, new Map(leaves.flatMap((leaf) => ('leaf' in leaf ? Object.entries(leaf.leaf) : []))));
}

function buildNode<Value>(place: Place, entries: ReadonlyMap<string, Value>): ChildRef | undefined {
  if (entries.size === 0) return undefined;
  if (entries.size <= MAX_LEAF_ENTRIES) return keep(place, { leaf: Object.fromEntries(entries) });
  const children: Record<string, ChildRef> = {};
  for (const [digit, some] of Map.groupBy(entries, ([key]) => digitAt(key, place.depth))) {
    const child = buildNode({ ...place, depth: place.depth + 1 }, new Map(some));
    if (child) children[digit] = child;
  }
  return keep(place, { branch: children });
}

function keep(place: Place, node: TrieNode<unknown>): ChildRef {
  const bytes = encodeJsonBlob(node);
  const hash = hashBytes(bytes);
  place.made.set(hash, bytes);
  return { node: hash, entries: entriesOf(node) };
}

async function readMade<Value>(place: Place, hash: ContentHash): Promise<TrieNode<Value>> {
  const made = place.made.get(hash);
  if (made) return JSON.parse(new TextDecoder().decode(made)) as TrieNode<Value>;
  return readNode<Value>(place.reader, hash);
}
