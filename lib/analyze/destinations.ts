import { isSubsetOf, isWildcard } from '../base/host-name.ts';
import { MESH_GATEWAY } from '../model/route-table.ts';
import type { Service } from '../model/service.ts';
import { isVisibleTo, resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import type { VisibleService } from '../view/proxy-view.ts';
import { nameResolver } from '../world/name-resolver.ts';
import { allTrafficPolicies } from '../world/traffic-policies.ts';
import { type AnalyzedMesh, listed, ofKind } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';
import { type WrittenDestination, writtenDestinations } from './written-destinations.ts';

/** Routes to hosts, ports and subsets that are not there for the proxies that follow them. */
export function unknownDestinations(mesh: AnalyzedMesh): readonly Found[] {
  const sights = new Map([...mesh.views].map(([namespace, { services }]) => [namespace, byName(services)]));
  return ofKind(mesh, 'VirtualService').flatMap((virtualService) => {
    const names = nameResolver(virtualService.metadata.namespace, mesh.world.mesh.shortNameSuffix);
    const followers = followersOf(virtualService, mesh);
    return writtenDestinations(virtualService.spec, names).flatMap((destination): readonly Found[] => {
      for (const namespace of followers) {
        const services = sights.get(namespace);
        const wrong = services && problemOf(destination, { mesh, services, namespace });
        if (wrong) return [{ ...wrong, resource: keyOf(virtualService) }];
      }
      return [];
    });
  });
}

/** What a view has, by all names that a route may call it. */
type NamedServices = ReadonlyMap<string, VisibleService>;

const byName = (services: readonly VisibleService[]): NamedServices =>
  new Map([
    ...services.flatMap((visible) => visible.aliases.map((alias) => [alias, visible] as const)),
    ...services.map((visible) => [visible.service.hostname, visible] as const),
  ]);

type VirtualService = Resource<'VirtualService'>;

/**
 * Namespaces of proxies that follow the routes for sure: those of its Gateways, and its own for the mesh. That sidecars elsewhere
 * cannot follow them is told by what was built for these, because only there it is known whether they have the host at all.
 */
function followersOf(
  { metadata, spec }: VirtualService,
  { world: { mesh, gateways } }: AnalyzedMesh,
): readonly string[] {
  const { namespace } = metadata;
  const names = nameResolver(namespace, mesh.shortNameSuffix);
  const bound = (spec.gateways ?? []).length === 0 ? [MESH_GATEWAY] : (spec.gateways ?? []).map(names.gateway);
  const visibility = resolveExportTo(spec.exportTo, namespace, mesh.defaultExportTo.routes);
  const known = new Set(gateways.map(({ namespace: of, name }) => `${of}/${name}`));
  const of = bound.flatMap((gateway) => {
    if (gateway === MESH_GATEWAY) return [namespace];
    return known.has(gateway) ? [gateway.slice(0, gateway.indexOf('/'))] : [];
  });
  return [...new Set(of)].filter((each) => isVisibleTo(visibility, each));
}

interface Follower {
  readonly mesh: AnalyzedMesh;
  readonly services: NamedServices;
  readonly namespace: string;
}

type Problem = Omit<Found, 'resource'>;

function problemOf(destination: WrittenDestination, follower: Follower): Problem | undefined {
  const { host, port, subset, path } = destination;
  const found = follower.services.get(host);
  if (found === undefined) {
    if (isKeptBySidecar(host, follower)) return undefined;
    return { code: 'DESTINATION_NOT_FOUND', path: `${path}.host`, message: whyNoHost(host, follower) };
  }
  const { ports } = found.service;
  if (port !== 0 && !ports.some(({ number }) => number === port)) {
    const numbers = ports.map(({ number }) => number).join(', ');
    const has = ports.length === 0 ? 'has no port' : `has port ${numbers}`;
    return {
      code: 'DESTINATION_NOT_FOUND',
      path: `${path}.port`,
      message: `${host} has no port ${port}: ${found.service.source} ${has}`,
    };
  }
  if (subset === '' || hasSubset(found, subset, follower)) return undefined;
  return { code: 'SUBSET_NOT_FOUND', path: `${path}.subset`, message: whyNoSubset(found, subset, follower) };
}

/** Then it is known only of what was built whether a proxy misses the host: other Sidecars may import it, and routers have none. */
const isKeptBySidecar = (host: string, { mesh, namespace }: Follower): boolean =>
  mesh.world.services.some(({ hostname, visibility }) => hostname === host && isVisibleTo(visibility, namespace));

function whyNoHost(host: string, { mesh: { world }, services, namespace }: Follower): string {
  const hidden = world.services.filter(({ hostname }) => hostname === host);
  if (hidden.length > 0) {
    return `${host} is not exported to proxies of namespace ${namespace}: ${listed(hidden.map(({ source }) => source))}`;
  }
  const wide = [...services.values()].find(
    ({ service: { hostname } }) => isWildcard(hostname) && isSubsetOf(host, hostname),
  );
  if (wide) {
    return `only ${wide.service.hostname} of ${wide.service.source} covers ${host}, and a route leads to hosts that are described by their own name`;
  }
  const alike = likeNamed(host, world.services);
  return `no service is called ${host}${alike.length === 0 ? '' : `; alike are ${listed(alike, 3)}`}`;
}

/** Hosts with the same first label: a forgotten namespace, or another one. */
function likeNamed(host: string, services: readonly Service[]): readonly string[] {
  const [first = ''] = host.split('.');
  return services
    .map(({ hostname }) => hostname)
    .filter((hostname) => first !== '' && hostname.split('.')[0] === first);
}

/** A rule for chosen clients counts as well: this is about a proxy without labels. */
function hasSubset({ service, policy }: VisibleService, subset: string, { mesh, namespace }: Follower): boolean {
  const isNamed = ({ name }: { readonly name: string }): boolean => name === subset;
  if (policy?.subsets.some(isNamed)) return true;
  return allTrafficPolicies(mesh.world.trafficPolicies).some(
    ({ workloadSelector, namespace: of, host, subsets }) =>
      workloadSelector !== undefined && of === namespace && isSubsetOf(service.hostname, host) && subsets.some(isNamed),
  );
}

function whyNoSubset({ service, policy }: VisibleService, subset: string, { mesh, namespace }: Follower): string {
  const { hostname } = service;
  if (policy === undefined) {
    const rules = allTrafficPolicies(mesh.world.trafficPolicies).filter(({ host }) => isSubsetOf(hostname, host));
    const others = listed(rules.flatMap(({ from }) => from));
    const why =
      others === '' ? 'has no DestinationRule' : `has none that applies in namespace ${namespace}, only ${others}`;
    return `subset ${subset} is not defined: ${hostname} ${why}`;
  }
  const defined = policy.subsets.map(({ name }) => name).join(', ');
  const has = defined === '' ? 'defines none' : `defines ${defined}`;
  return `subset ${subset} of ${hostname} is not defined: ${policy.from.join(', ')} ${has}`;
}
