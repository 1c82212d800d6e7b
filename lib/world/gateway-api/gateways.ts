import { oldestFirst } from '../../base/age.ts';
import { keyOf, type Resource, type ResourceKey } from '../../resources/resource.ts';
import { type Attachment, type MadeGateway, madeGateway, routeParent } from './gateway-documents.ts';
import { type Conflicts, listenerConflicts, listenerId, type OwnedListener } from './listener-conflicts.ts';
import {
  conflictedListener,
  type ListenerOwner,
  type ListenerPlace,
  readListener,
  type ReadListener,
} from './listeners.ts';
import { picks } from './namespace-labels.ts';
import type { RouteParent } from './route-parent.ts';

export type ApiGateway = Resource<'Gateway.gateway.networking.k8s.io'>;
export type ListenerSet = Resource<'ListenerSet'>;

/** A Gateway or ListenerSet with its listeners. */
export interface ReadOwner<Owner extends ListenerOwner = ListenerOwner> {
  readonly owner: Owner;
  readonly listeners: readonly ReadListener[];
  readonly made: readonly MadeGateway[];
  readonly parents: readonly RouteParent[];
}

/** One Gateway of this service with the ListenerSets that are its. */
export interface ReadGateway extends ReadOwner<ApiGateway> {
  readonly attachment: Attachment;
  readonly sets: readonly ReadOwner<ListenerSet>[];
  /** ListenerSets that name it and that it does not take. */
  readonly refusedSets: readonly ListenerSet[];
}

export type GatewayFacts = Pick<ListenerPlace, 'namespaces' | 'credentials' | 'isGranted'>;

/** GA-2 to GA-10: one Gateway with the ListenerSets that name it. */
export function readGateway(
  gateway: ApiGateway,
  { sets, attachment }: { readonly sets: readonly ListenerSet[]; readonly attachment: Attachment },
  facts: GatewayFacts,
): ReadGateway {
  const taken = sets.filter(({ metadata }) => isAllowed(metadata.namespace, gateway, facts)).toSorted(byAge);
  const owners: readonly ListenerOwner[] = [gateway, ...taken];
  const conflicts = listenerConflicts(owners.flatMap(ownListeners));
  const read = <Owner extends ListenerOwner>(owner: Owner): ReadOwner<Owner> =>
    readOwner(owner, { gateway, attachment, conflicts, facts });
  return {
    ...read(gateway),
    attachment,
    sets: taken.map(read),
    refusedSets: sets.filter((set) => !taken.includes(set)),
  };
}

const ageOf = ({ metadata }: ListenerOwner) => ({
  createdAt: metadata.creationTimestamp ?? '',
  name: `${metadata.namespace}/${metadata.name}`,
  namespace: '',
});
const byAge = (a: ListenerOwner, b: ListenerOwner): number => oldestFirst(ageOf(a), ageOf(b));

const ownListeners = (owner: ListenerOwner): readonly OwnedListener[] =>
  (owner.spec.listeners ?? []).map((spec) => ({ owner: keyOf(owner), spec }));

/** GA-10: a Gateway takes no ListenerSet unless it says which. */
function isAllowed(namespace: string, { metadata, spec }: ApiGateway, { namespaces }: GatewayFacts): boolean {
  const { from = 'None', selector } = spec.allowedListeners?.namespaces ?? {};
  switch (from) {
    case 'None':
      return false;
    case 'All':
      return true;
    case 'Same':
      return namespace === metadata.namespace;
    case 'Selector':
      return selector !== undefined && picks(selector, namespaces.get(namespace) ?? {});
  }
}

interface OwnerContext {
  readonly gateway: ApiGateway;
  readonly attachment: Attachment;
  readonly conflicts: Conflicts;
  readonly facts: GatewayFacts;
}

function readOwner<Owner extends ListenerOwner>(
  owner: Owner,
  { gateway, attachment, conflicts, facts }: OwnerContext,
): ReadOwner<Owner> {
  const isOfSet = owner.kind === 'ListenerSet';
  const place: ListenerPlace = {
    ...facts,
    kind: isOfSet ? 'ListenerSet' : 'Gateway',
    namespace: owner.metadata.namespace,
    labels: owner.metadata.labels ?? {},
    gatewayTls: gateway.spec.tls,
    isOfSet,
  };
  const source: ResourceKey = keyOf(owner);
  const listeners = (owner.spec.listeners ?? []).map((spec) => {
    const conflict = conflicts.get(listenerId(source, spec.name));
    return conflict === undefined ? readListener(spec, place) : conflictedListener(spec, conflict);
  });
  const { name, namespace } = gateway.metadata;
  // A set's listener that is not valid is not served beside the Gateway's own.
  const served = isOfSet ? listeners.map((each) => (each.isValid ? each : withoutServer(each))) : listeners;
  return {
    owner,
    listeners,
    made: served.flatMap(
      (listener, index) => madeGateway(owner, { listener, index, parent: { name, namespace }, attachment }) ?? [],
    ),
    parents: served.flatMap((listener) => routeParent(owner, listener) ?? []),
  };
}

function withoutServer({ server: _, ...listener }: ReadListener): ReadListener {
  return listener;
}
