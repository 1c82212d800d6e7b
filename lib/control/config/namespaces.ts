import type { ContentHash } from '../../base/hashing.ts';
import { hashBytes } from '../../base/hashing.ts';
import type { Resource } from '../../resources/resource.ts';
import { allEntries } from '../revisions/read-trie.ts';
import { splitKey } from '../revisions/stored-object.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';

/** There from the start, and for good: what says no namespace is in it. */
export const DEFAULT_NAMESPACE = 'default';

/** Keys of all objects in a namespace. */
export async function keysInNamespace(
  store: Pick<ConfigStore, 'reader'>,
  { tree }: Pick<RevisionState, 'tree'>,
  name: string,
): Promise<readonly string[]> {
  const keys = [...(await allEntries<ContentHash>(store.reader, tree)).keys()];
  return keys.filter((key) => splitKey(key).namespace === name);
}

/** Namespaces that exist because something is in them, and the one that always does; whether they are written down or not. */
export async function usedNamespaces(
  store: Pick<ConfigStore, 'reader'>,
  { tree }: Pick<RevisionState, 'tree'>,
): Promise<ReadonlySet<string>> {
  const keys = [...(await allEntries<ContentHash>(store.reader, tree)).keys()];
  return new Set([DEFAULT_NAMESPACE, ...keys.map((key) => splitKey(key).namespace).filter((name) => name !== '')]);
}

/** A namespace that nobody wrote down, as readers see it: without a version, because nothing is stored. */
export function impliedNamespace(name: string): Resource<'Namespace'> {
  const digits = hashBytes(`namespace ${name}`);
  const uid = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ];
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, namespace: '', uid: uid.join('-') }, spec: {} };
}
