import type { ContentHash } from '../../base/hashing.ts';
import { type ConfigStore, stateAt } from './config-store.ts';
import type { ObjectAction } from './plan-objects.ts';
import { objectName, type ObjectName } from './object-name.ts';
import { withMarkedMasks } from './shown-secrets.ts';
import { diffTries, type TrieChange } from '../revisions/read-trie.ts';
import type { Resource } from '../../resources/resource.ts';
import { byKey, type StoredObject } from '../revisions/stored-object.ts';

/** What became of one object from one revision to another, with its document on each side where it has one. */
export interface ObjectDifference extends ObjectName {
  readonly action: Exclude<ObjectAction, 'unchanged'>;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

export type DiffOutcome =
  | { readonly outcome: 'compared'; readonly changes: readonly ObjectDifference[] }
  | { readonly outcome: 'missing'; readonly revision: number };

/** The difference of two revisions, in the order of lists; costs what changed, whatever there is (STO-7). */
export async function diffRevisions(
  store: ConfigStore,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<DiffOutcome> {
  const [before, after] = await Promise.all([stateAt(store, from), stateAt(store, to)]);
  if (!before) return { outcome: 'missing', revision: from };
  if (!after) return { outcome: 'missing', revision: to };
  const changes = await diffTries<ContentHash>(store.reader, before.tree, after.tree);
  const differences = await Promise.all(
    [...changes]
      .sort((a, b) => byKey(a.key, b.key))
      .map(async (change): Promise<ObjectDifference> => {
        const [old, now] = await bothDocuments(store, change);
        const action = !now ? 'pruned' : old ? 'configured' : 'created';
        return { ...objectName(change.key), action, ...(old && { before: old }), ...(now && { after: now }) };
      }),
  );
  return { outcome: 'compared', changes: differences };
}

type Document = Readonly<Record<string, unknown>>;

/** Without revision and generation: those of an unchanged object would differ as well. */
async function bothDocuments(
  { reader }: Pick<ConfigStore, 'reader'>,
  change: Pick<TrieChange<ContentHash>, 'before' | 'after'>,
): Promise<readonly [Document | undefined, Document | undefined]> {
  const read = async (hash: ContentHash | undefined): Promise<Resource | undefined> => {
    if (hash === undefined) return undefined;
    const { apiVersion, kind, metadata, spec } = await reader.read<StoredObject>(hash);
    return { apiVersion, kind, metadata, spec } as Resource;
  };
  const [old, now] = await Promise.all([read(change.before), read(change.after)]);
  return withMarkedMasks(old, now);
}
