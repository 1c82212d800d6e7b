import { canonicalJson, type ContentHash, hashBytes } from '../../base/hashing.ts';

/** A leaf holds at most this many entries; one entry more and it is split. */
export const MAX_LEAF_ENTRIES = 64;

/**
 * One node of an immutable map from keys to JSON values, stored as one blob. The shape depends only on the set of entries
 * (docs/decisions/0006): up to MAX_LEAF_ENTRIES entries are a leaf; more are a branch on one hex digit of the SHA-256 of the
 * key, the first digit at the root, the next one level below. Empty children are left out.
 */
export type TrieNode<Value> = TrieLeaf<Value> | TrieBranch;

export interface TrieLeaf<Value> {
  readonly leaf: Readonly<Record<string, Value>>;
}

export interface TrieBranch {
  readonly branch: Readonly<Record<string, ChildRef>>;
}

/** A child's name and how many entries lie below it; the count tells when siblings shrink to one leaf without reading them. */
export interface ChildRef {
  readonly node: ContentHash;
  readonly entries: number;
}

/** The name of a trie: the hash of its root node. */
export type TrieRoot = ContentHash;

const utf8 = new TextEncoder();

/** The map without entries; its node need not be stored. */
export const EMPTY_TRIE: TrieRoot = hashBytes(canonicalJson({ leaf: {} }));

export function encodeJsonBlob(value: unknown): Uint8Array {
  return utf8.encode(canonicalJson(value));
}

/** The child of a branch at this depth under which the key lies. */
export function digitAt(key: string, depth: number): string {
  return hashBytes(key).charAt(depth);
}

export function entriesOf(node: TrieNode<unknown>): number {
  return 'leaf' in node
    ? Object.keys(node.leaf).length
    : Object.values(node.branch).reduce((sum, child) => sum + child.entries, 0);
}
