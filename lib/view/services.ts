import { mostSpecificMatch, type HostName } from '../base/host-name.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import { serviceKey, type Endpoint, type Service } from '../model/service.ts';
import { isVisibleTo, visibilityRank } from '../model/visibility.ts';
import type { World } from '../world/world.ts';
import { outboundPolicy } from './policy-lookup.ts';
import type { ViewFacts, VisibleService } from './proxy-view.ts';

/** What a proxy may reach: by SR-6's order, one service per host name, each with the one policy that applies to this client. */
export function visibleServices(world: World, facts: ViewFacts, memory: StageMemory): readonly VisibleService[] {
  const { namespace } = facts;
  const inSight = memory.derived(`services in sight of ${namespace}`, world.services, (all) =>
    inSightOf(all, namespace),
  );
  const endpoints = visibleEndpoints(world, facts, memory);
  // One object for all views and revisions in which it is the same, so that what is made of it is known again.
  return inSight.map((one) => {
    const service = addressed(one, world, { facts, memory });
    const [seen, aliases] = [endpoints(one), visibleAliases(world, facts, one)];
    const policy = outboundPolicy(world, facts, one);
    return memory.combined<object, VisibleService>(
      'visible service',
      [service, seen, aliases, policy ?? NO_POLICY],
      () => ({
        service,
        endpoints: seen,
        aliases,
        policy,
        mutualTls: 'permissive', // no kind of document says otherwise yet; where one does, it is an input above
      }),
    );
  });
}

/** Stands for a policy that is not there. */
const NO_POLICY: Readonly<Record<string, never>> = {};

function visibleAliases(
  { aliases }: World,
  { namespace }: ViewFacts,
  { hostname }: Service,
): VisibleService['aliases'] {
  const all = aliases.get(hostname);
  if (all === undefined) return NO_ALIASES;
  return all.filter(({ visibility }) => isVisibleTo(visibility, namespace)).map((alias) => alias.hostname);
}

/** One object each, so that whatever remembers by objects knows them again. */
const NO_ALIASES: readonly HostName[] = [];
const NO_ENDPOINTS: readonly Endpoint[] = [];

/** SR-14, SE-20: a service without an address has the one that was given out to it, for proxies that resolve names by those. */
function addressed(
  service: Service,
  { allocatedAddresses }: World,
  { facts, memory }: { readonly facts: ViewFacts; readonly memory: StageMemory },
): Service {
  const { usesAllocatedAddresses, ipFamily } = facts;
  const given = usesAllocatedAddresses
    ? allocatedAddresses.get(serviceKey(service.namespace, service.hostname))
    : undefined;
  if (given === undefined) return service;
  return memory.combined<object, Service>(`addressed ${ipFamily}`, [service, given], () => ({
    ...service,
    addresses: given.filter(isReachable(ipFamily)),
  }));
}

const isReachable =
  (ipFamily: ViewFacts['ipFamily']) =>
  (address: string): boolean =>
    ipFamily === 'dual' || address.includes(':') === (ipFamily === 'v6');

/** EP-5: endpoints of the networks that the proxy asks for, and of its own cluster alone where the service stays within one. */
function visibleEndpoints(
  world: World,
  { networkView, clusterId }: ViewFacts,
  memory: StageMemory,
): (service: Service) => readonly Endpoint[] {
  const localHosts = new Map(Object.entries(world.mesh.clusterLocalHosts));
  const isSeen = ({ network }: Endpoint): boolean =>
    networkView.length === 0 || network === '' || networkView.includes(network); // NW-2
  return ({ namespace, hostname }) => {
    const all = world.endpoints.get(serviceKey(namespace, hostname)) ?? NO_ENDPOINTS;
    const isLocal = mostSpecificMatch(hostname, localHosts) ?? false; // NW-7
    if (networkView.length === 0 && !isLocal) return all;
    const slot = `endpoints of ${JSON.stringify([networkView, isLocal ? clusterId : undefined])}`;
    return memory.combined(slot, [all], () =>
      all.filter((endpoint) => isSeen(endpoint) && (!isLocal || endpoint.clusterId === clusterId)),
    );
  };
}

/** The services that proxies of a namespace may reach, one per host name. */
function inSightOf(services: readonly Service[], namespace: string): readonly Service[] {
  const byHost = new Map<HostName, Service>();
  for (const service of inVisibilityOrder(services, namespace)) {
    const found = byHost.get(service.hostname);
    if (found === undefined || isPreferred(service, found, namespace)) byHost.set(service.hostname, service);
  }
  return [...byHost.values()];
}

/** SR-6, SR-7: private to the namespace or exported to it by name, then public; oldest first in each part. */
function inVisibilityOrder(services: readonly Service[], namespace: string): readonly Service[] {
  const ranked = services
    .filter(({ visibility }) => isVisibleTo(visibility, namespace))
    .map((service) => ({ service, rank: visibilityRank(service.visibility, service.namespace, namespace) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ service }) => service); // the sort is stable: age stays within a rank
}

/** SC-11: of one host name, the viewer's own comes first, then a Service, then whichever came first. */
function isPreferred(candidate: Service, found: Service, namespace: string): boolean {
  const claim = (service: Service): number =>
    service.namespace === namespace ? 0 : service.registry === 'kubernetes' ? 1 : 2;
  return claim(candidate) < claim(found);
}
