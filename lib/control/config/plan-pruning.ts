import { type LabelSelector, matchesSelector } from '../../base/label-selector.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import { allObjects } from './existing-objects.ts';
import { type ObjectPlan, planRemoval } from './plan-objects.ts';

interface Pruning {
  readonly selector: LabelSelector | undefined;
  /** Keys of the objects that the request names. */
  readonly kept: ReadonlySet<string>;
}

/** Takes out every object that the selector selects and the request does not name, in the order of lists. */
export async function planPruning(
  store: Pick<ConfigStore, 'reader'>,
  state: RevisionState,
  { selector, kept }: Pruning,
): Promise<readonly ObjectPlan[]> {
  if (selector === undefined) return [];
  const others = await allObjects(store, state, (key) => !kept.has(key));
  return others
    .filter(({ object }) => matchesSelector(selector, object.metadata.labels ?? {}))
    .map(({ key }) => planRemoval(key));
}
