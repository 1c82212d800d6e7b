import { conditionsIn, type Condition } from '../../resources/conditions.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import { newestState } from '../config/config-store.ts';
import { allObjects } from '../config/existing-objects.ts';
import { toResource } from '../revisions/stored-object.ts';
import type { ObjectApi } from './object-handler.ts';

/** One object with how far it got. */
interface OverviewItem {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/** Objects that are told of; what is wrong comes first, so that nothing of it is missing as long as it is not more. */
const MAX_ITEMS = 500;

/** `GET /v1/objects`: all objects with their conditions, those that need somebody first, and how many there are. */
export async function handleOverview({
  store,
  withConditions,
}: Pick<ObjectApi, 'store' | 'withConditions'>): Promise<Response> {
  const state = await newestState(store);
  const all = await allObjects(store, state);
  const shown = await withConditions(all.map(({ object, stamp }) => toResource(object, stamp)));
  const ranked = shown
    .map((resource) => ({ key: keyOf(resource), need: needOf(resource), item: itemOf(resource) }))
    .sort((a, b) => a.need - b.need || (a.key < b.key ? -1 : 1));
  const troubled = ranked.filter(({ need }) => need <= NEEDS.warning).length;
  const objects = ranked.slice(0, MAX_ITEMS).map(({ item }) => item);
  return Response.json({ revision: state.revision, total: ranked.length, troubled, objects });
}

const itemOf = ({ kind, metadata: { namespace, name }, status }: Resource): OverviewItem => ({
  ...{ kind, namespace, name },
  conditions: conditionsIn(status),
});

/** Who needs somebody, the most urgent first. */
const NEEDS = { error: 0, warning: 1, waiting: 2, nothing: 3 } as const;

function needOf({ status }: Resource): number {
  const conditions = conditionsIn(status);
  const of = (wanted: string): Condition | undefined => conditions.find(({ type }) => type === wanted);
  const [accepted, reconciled, programmed] = [of('Accepted'), of('Reconciled'), of('Programmed')];
  const isError =
    accepted?.status === 'False' || reconciled?.reason === 'BuildFailed' || programmed?.reason === 'Rejected';
  if (isError) return NEEDS.error;
  if (accepted?.status === 'True' && accepted.reason !== 'Accepted') return NEEDS.warning;
  return reconciled?.status === 'False' || programmed?.status === 'False' ? NEEDS.waiting : NEEDS.nothing;
}
