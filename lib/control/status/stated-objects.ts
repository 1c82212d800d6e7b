import type { EpochMs } from '../../base/brand.ts';
import { type Condition, withCondition } from '../../resources/conditions.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import type {
  StatedAncestor,
  StatedCondition,
  StatedObject,
  StatedParent,
} from '../../world/gateway-api/stated-condition.ts';
import type { ObjectSight } from './object-conditions.ts';
import type { WithTransitionTimes } from './transition-times.ts';

interface Dating {
  readonly sight: Pick<ObjectSight, 'distribution' | 'generation' | 'times'>;
  readonly withTimes: WithTransitionTimes;
  readonly now: EpochMs;
}

/**
 * The object with the status that the Gateway API has for it, beside the conditions that every object has. What its listeners and
 * its gateways say is the front end's; whether a gateway is programmed is told by the proxies that poll it.
 */
export function withStatement(object: Resource, stated: StatedObject | undefined, dating: Dating): Resource {
  if (stated === undefined) return object;
  const id = object.metadata.uid ?? keyOf(object);
  const { addresses, ancestors, attachedListenerSets, listeners, parents } = stated;
  const isServed = object.kind === 'Gateway.gateway.networking.k8s.io' || object.kind === 'ListenerSet';
  const own = (stated.conditions ?? []).map((each) => (isServed ? programmed(each, dating.sight) : each));
  const shown = dated(id, own, dating).reduce<Resource>((shownSoFar, each) => withCondition(shownSoFar, each), object);
  return {
    ...shown,
    status: {
      ...shown.status,
      ...(addresses && { addresses }),
      ...(attachedListenerSets !== undefined && { attachedListenerSets }),
      ...(listeners && {
        listeners: listeners.map((each) => ({
          ...each,
          conditions: dated(`${id} listener ${each.name}`, each.conditions, dating),
        })),
      }),
      ...(parents && {
        parents: [...othersIn(shown, 'parents', parents), ...parents.map((each) => datedParent(id, each, dating))],
      }),
      ...(ancestors && {
        ancestors: [
          ...othersIn(shown, 'ancestors', ancestors),
          ...ancestors.map((each) => datedAncestor(id, each, dating)),
        ].slice(0, MAX_ANCESTORS),
      }),
    },
  };
}

/** GA-9: a gateway with nothing wrong waits for its first proxy. */
function programmed(condition: StatedCondition, { distribution }: Dating['sight']): StatedCondition {
  if (condition.type !== 'Programmed' || condition.status === 'False' || distribution.acked > 0) return condition;
  const { total } = distribution;
  const message = total === 0 ? 'no proxy polls this gateway yet' : `none of ${total} proxies has taken it yet`;
  return { type: 'Programmed', status: 'False', reason: 'Pending', message };
}

function dated(
  id: string,
  conditions: readonly StatedCondition[],
  { sight, withTimes, now }: Dating,
): readonly Condition[] {
  const { generation: observedGeneration, times } = sight;
  const since = (type: string): EpochMs => (type === 'Programmed' ? (times.distributed ?? times.built) : times.built);
  return withTimes(
    id,
    conditions.map((condition) => ({ condition: { ...condition, observedGeneration }, since: since(condition.type) })),
    now,
  );
}

const datedParent = (id: string, parent: StatedParent, dating: Dating) => ({
  ...parent,
  conditions: dated(`${id} parent ${JSON.stringify(parent.parentRef)}`, parent.conditions, dating),
});

const datedAncestor = (id: string, ancestor: StatedAncestor, dating: Dating) => ({
  ...ancestor,
  conditions: dated(`${id} ancestor ${JSON.stringify(ancestor.ancestorRef)}`, ancestor.conditions, dating),
});

/** GA-26: the standard lets the status of a policy have no more; what others say comes first. */
const MAX_ANCESTORS = 16;

/** GA-13: what other controllers say of a route or policy stays; what this one said before is said anew. */
function othersIn(
  { status }: Resource,
  member: 'parents' | 'ancestors',
  [own]: readonly { readonly controllerName: string }[],
): readonly unknown[] {
  const written: unknown = status?.[member];
  if (!Array.isArray(written)) return [];
  return written.filter((each: unknown) => {
    const said =
      typeof each === 'object' && each !== null && 'controllerName' in each ? each.controllerName : undefined;
    return said !== (own?.controllerName ?? 'istio.io/gateway-controller');
  });
}
