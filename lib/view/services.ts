import { mostSpecificMatch, type HostName } from '../base/host-name.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import { modeOfPort, rulesOfNamespace, serverModes, type PeerRules } from '../model/mutual-tls.ts';
import { serviceKey, type Endpoint, type Service } from '../model/service.ts';
import { isVisibleTo, visibilityRank } from '../model/visibility.ts';
import type { World } from '../world/world.ts';
import { outboundPolicy } from './policy-lookup.ts';
import type { ViewFacts, VisibleService } from './proxy-view.ts';

/** Makes services what a proxy sees of them. */
export type SeeService = (service: Service, aliases: readonly HostName[]) => VisibleService;

/** What every service is to one proxy: with its address, endpoints, and the one policy that applies to this client. */
export function serviceSeer(world: World, facts: ViewFacts, memory: StageMemory): SeeService {
  const endpoints = visibleEndpoints(world, facts, memory);
  // One object for all views and revisions in which it is the same, so that what is made of it is known again.
  return (one, aliases) => {
    const service = addressed(one, world, { facts, memory });
    const seen = endpoints(one);
    const policy = outboundPolicy(world, facts, one);
    const mutualTls = rulesOfNamespace(world.peerPolicies, one.namespace).mode ?? 'permissive'; // MTLS-3
    const parts = [service, seen, aliases, policy ?? NO_POLICY];
    return memory.combined<object, VisibleService>(`visible service ${mutualTls}`, parts, () => ({
      service,
      endpoints: seen,
      aliases,
      policy,
      mutualTls,
    }));
  };
}

/** Stands for a policy that is not there. */
const NO_POLICY: Readonly<Record<string, never>> = {};

/** All that proxies of a namespace may reach where no Sidecar says less: by SR-6's order, one service per host name. */
export function servicesInSight(world: World, { namespace, type }: ViewFacts, memory: StageMemory): readonly Service[] {
  const favoured = type === 'router' ? undefined : namespace; // SC-4, SC-11: a router serves no namespace more than others
  return memory.derived(`services in sight of ${type} in ${namespace}`, world.services, (all) => {
    const visible = inVisibilityOrder(all, namespace);
    const kept = preferredByHost(visible, favoured);
    return visible.filter((service) => kept.get(service.hostname) === service.namespace);
  });
}

export function visibleAliases(
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
    const known = world.endpoints.get(serviceKey(namespace, hostname)) ?? NO_ENDPOINTS;
    const all = underRules(known, rulesOfNamespace(world.peerPolicies, namespace), memory);
    const isLocal = mostSpecificMatch(hostname, localHosts) ?? false; // NW-7
    if (networkView.length === 0 && !isLocal) return all;
    const slot = `endpoints of ${JSON.stringify([networkView, isLocal ? clusterId : undefined])}`;
    return memory.combined(slot, [all], () =>
      all.filter((endpoint) => isSeen(endpoint) && (!isLocal || endpoint.clusterId === clusterId)),
    );
  };
}

/** MTLS-9: endpoints at ports that take plain text alone are told apart, by what is said of the one workload behind each. */
function underRules(endpoints: readonly Endpoint[], rules: PeerRules, memory: StageMemory): readonly Endpoint[] {
  if (endpoints.length === 0 || !switchesOff(rules)) return endpoints;
  return memory.combined<object, readonly Endpoint[]>('endpoints under rules', [endpoints, rules], () =>
    endpoints.map((endpoint) => {
      const isOff = modeOfPort(serverModes(rules, endpoint.labels), endpoint.port) === 'disabled';
      return isOff && endpoint.tlsMode === 'istio' ? { ...endpoint, tlsMode: 'switched-off' } : endpoint;
    }),
  );
}

const switchesOff = ({ mode, workloads }: PeerRules): boolean =>
  mode === 'disabled' ||
  workloads.some((rule) => rule.mode === 'disabled' || rule.ports.some((port) => port.mode === 'disabled'));

/** SC-11: the namespace whose service of a host is meant: the favoured one, else that of a Service, else whichever came first. */
export function preferredByHost(
  services: readonly Service[],
  favoured: string | undefined,
): ReadonlyMap<HostName, Service['namespace']> {
  const byHost = new Map<HostName, Service>();
  for (const service of services) {
    const found = byHost.get(service.hostname);
    if (found === undefined || isPreferred(service, found, favoured)) byHost.set(service.hostname, service);
  }
  return new Map([...byHost].map(([host, { namespace }]) => [host, namespace]));
}

/** SR-6, SR-7: private to the namespace or exported to it by name, then public; oldest first in each part. */
export function inVisibilityOrder(services: readonly Service[], namespace: string): readonly Service[] {
  const ranked = services
    .filter(({ visibility }) => isVisibleTo(visibility, namespace))
    .map((service) => ({ service, rank: visibilityRank(service.visibility, service.namespace, namespace) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ service }) => service); // the sort is stable: age stays within a rank
}

function isPreferred(candidate: Service, found: Service, favoured: string | undefined): boolean {
  const claim = (service: Service): number =>
    service.namespace === favoured ? 0 : service.registry === 'kubernetes' ? 1 : 2;
  return claim(candidate) < claim(found);
}
