import { type Resource, resourceKey } from '../../resources/resource.ts';
import { toResource } from '../revisions/stored-object.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import { existingObjects } from './existing-objects.ts';
import { type HeadPlan, moveHead } from './move-head.ts';
import { DEFAULT_NAMESPACE, impliedNamespace, keysInNamespace } from './namespaces.ts';
import { draftOf, planRemoval } from './plan-objects.ts';
import type { ObjectOutcome, ObjectWrite, StoppedWrite } from './write-object.ts';

/** Takes a namespace out with all that is in it, as one revision, which a rollback brings back; unless it is refused as it is. */
export async function removeNamespace(
  store: ConfigStore,
  write: ObjectWrite,
  refusal: Refusal,
): Promise<ObjectOutcome> {
  const moved = await moveHead<ObjectOutcome>(store, { writer: write.writer }, (state) =>
    planAt(store, state, { ...write, refusal }),
  );
  return moved.outcome === 'done' ? moved.answer : moved;
}

type Refusal = (existing: Resource) => StoppedWrite | undefined;

interface Removal extends ObjectWrite {
  readonly refusal: Refusal;
}

async function planAt(
  store: ConfigStore,
  state: RevisionState,
  { target: { name }, isDryRun, refusal }: Removal,
): Promise<HeadPlan<ObjectOutcome>> {
  if (name === DEFAULT_NAMESPACE) {
    const message = 'the namespace default is always there; delete what is in it instead';
    return { plan: 'answer', answer: { outcome: 'bad-request', message } };
  }
  const own = resourceKey('Namespace', '', name);
  const [stored, inside] = await Promise.all([
    existingObjects(store, state, [own]),
    keysInNamespace(store, state, name),
  ]);
  const existing = stored.get(own);
  const keys = [...(existing ? [own] : []), ...inside];
  if (keys.length === 0) return { plan: 'answer', answer: { outcome: 'missing' } };
  const resource = existing ? toResource(existing.object, existing.stamp) : impliedNamespace(name);
  const refused = refusal(resource);
  if (refused) return { plan: 'answer', answer: refused };
  const revision = isDryRun ? state.revision : state.revision + 1;
  const answer: ObjectOutcome = { outcome: 'done', action: 'pruned', resource, revision, warnings: [] };
  if (isDryRun) return { plan: 'answer', answer };
  return { plan: 'revise', draft: await draftOf(store, state, keys.map(planRemoval)), answer };
}
