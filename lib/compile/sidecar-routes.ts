import type { Issue, Noted } from '../base/issue.ts';
import { hostsOverlap, isWildcard, type HostName } from '../base/host-name.ts';
import { outboundCluster } from '../ir/cluster-name.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { RouteConfigurationIr, RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import { isHttp } from '../model/protocol.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { ServicePort } from '../model/service.ts';
import { MAX_DIRECT_BODY } from './direct-body.ts';
import { hashKeyOf } from './hash-key.ts';
import type { RouteAttachment } from './route-attachment.ts';
import { routePlace, type RoutePlace } from './route-place.ts';
import type { OfferedService, RoutedEgress, RouteView } from './route-view.ts';
import { parseRouteName } from './route-name.ts';
import { sharedConfiguration } from './shared-configuration.ts';
import { defaultRoute } from './service-routes.ts';
import { servicesByHost } from './services-by-host.ts';
import { tableClaims, type TableClaims } from './table-claims.ts';
import { tableRoutes } from './table-routes.ts';
import { unknownHosts } from './unknown-hosts.ts';
import { buildVirtualHosts, type HostGroup } from './virtual-hosts.ts';

/** The routes of a sidecar, and which of them each table gave. */
export interface SidecarRoutes extends Noted<readonly RouteConfigurationIr[]> {
  readonly given: GivenRoutes;
}

/** For each table what it gave where it could have a say: on the port of a listener, for a port of services. */
export type GivenRoutes = ReadonlyMap<RouteTable, readonly PlacedRoutes[]>;

export interface PlacedRoutes extends Noted<readonly RouteIr[]> {
  readonly port: number;
  readonly groupPort: number;
}

/** The outbound route configurations that a sidecar's listeners ask for, one per name (RD-1). */
export function compileSidecarRoutes(
  view: RouteView,
  names: readonly string[],
  memory: StageMemory = noMemory,
): SidecarRoutes {
  const compiled = new Map<string, PortHosts>();
  const hostsOf = (place: RoutePlace): readonly VirtualHostIr[] => {
    const key = `${view.scope.egress.indexOf(place.listener)} ${place.port}`;
    const hosts = compiled.get(key) ?? compilePort(view, place, memory);
    compiled.set(key, hosts);
    return hosts.value;
  };
  const { outboundPolicy } = view.scope;
  const unknown = memory.combined('unknown hosts', [outboundPolicy], () => unknownHosts(outboundPolicy));
  const value = [...new Set(names)].flatMap((name) => {
    const parsed = parseRouteName(name);
    if (parsed === undefined) return [];
    const place = routePlace(view.scope, parsed);
    const settings = { name, ignoresPort: ignoresPort(view, place?.port ?? 0), maxDirectBody: MAX_DIRECT_BODY };
    const hosts = place === undefined ? [] : hostsOf(place); // nothing is known where no listener imports for it
    const { host } = parsed;
    const virtualHosts = host === undefined ? [...hosts, unknown] : sniffed(hosts, { host, name }, memory);
    return [sharedConfiguration(settings, virtualHosts, memory)];
  });
  const given = new Map<RouteTable, PlacedRoutes[]>();
  for (const port of compiled.values()) {
    for (const [table, routes] of port.given) given.set(table, [...(given.get(table) ?? []), routes]);
  }
  return { value, issues: [...compiled.values()].flatMap(({ issues }) => issues), given };
}

/** The routes that a table gives on the port of a listener, for a port of services. */
export function placedRoutes(
  table: RouteTable,
  { port, groupPort }: Pick<PlacedRoutes, 'port' | 'groupPort'>,
  { view, memory }: { readonly view: RouteView; readonly memory: StageMemory },
): PlacedRoutes {
  const services = memory.combined('services by host', view.services, servicesByHost);
  const at = { ...attachment(view, services), listenerPort: groupPort, infersPorts: port === 0 };
  return { port, groupPort, ...tableRoutes(table, at, memory) };
}

interface PortHosts extends Noted<readonly VirtualHostIr[]> {
  readonly given: readonly (readonly [RouteTable, PlacedRoutes])[];
}

/**
 * RD-6: on a listener of its own the port says nothing new. Istio ignores it on its forward proxy as well, which hides every
 * service port but 80 there; only Istio's own profile keeps that.
 */
const ignoresPort = ({ facts }: RouteView, port: number): boolean => port !== 0 || facts.profile === 'istio-proxy';

/** RD-13: a listener of its own for one service needs no domains to tell services apart. */
function sniffed(
  hosts: readonly VirtualHostIr[],
  { host, name }: { readonly host: HostName; readonly name: string },
  memory: StageMemory,
): readonly VirtualHostIr[] {
  const own = hosts.find(({ domains }) => domains.includes(name) || domains.includes(host));
  return own === undefined ? [] : [memory.combined('sniffed host', [own], () => ({ ...own, domains: ['*'] }))];
}

/** A service with those of its ports that one listener can mean. */
interface Candidate {
  readonly visible: OfferedService;
  readonly ports: readonly ServicePort[];
}

/** Virtual hosts of one listener port, sorted by name; port 0 is the forward proxy's, which means every port (RD-3). */
function compilePort(view: RouteView, { listener, port }: RoutePlace, memory: StageMemory): PortHosts {
  const candidates = candidatesFor(listener, port);
  const claims = tableClaims(listener.routeTables);
  const claimed = claimedCandidates(candidates, claims);
  const issues: Issue[] = [];
  const given: (readonly [RouteTable, PlacedRoutes])[] = [];
  const groups: HostGroup[] = [];
  const routed = new Set<HostName>();
  for (const table of servesStrangers(port) ? listener.routeTables : claims.inOrder(claimed.keys())) {
    for (const [groupPort, members] of byHttpPort(claimed.get(table) ?? [], port)) {
      const routes = placedRoutes(table, { port, groupPort }, { view, memory });
      given.push([table, routes]);
      issues.push(...routes.issues);
      // RD-20: a table that has no say here leaves its services to others.
      if (routes.value.length === 0) continue;
      const hosts = strangers(table, candidates);
      groups.push({ port: groupPort, hosts, services: members, routes: routes.value, source: table.source });
      for (const { service } of members) routed.add(service.hostname);
    }
  }
  for (const { visible, ports } of candidates.values()) {
    if (!routed.has(visible.service.hostname)) groups.push(...defaultGroups(view, { visible, ports }, memory));
  }
  const hosts = buildVirtualHosts(
    groups,
    { facts: view.facts, listenerPort: port, ignoresPort: ignoresPort(view, port) },
    memory,
  );
  return { value: hosts.value, issues: [...issues, ...hosts.issues], given };
}

function attachment(
  view: RouteView,
  services: ReadonlyMap<HostName, OfferedService>,
): Omit<RouteAttachment, 'listenerPort' | 'infersPorts'> {
  const { namespace, selectedLabels: labels } = view.facts;
  return { gateway: MESH_GATEWAY, usesTls: false, namespace, labels, mesh: view.mesh, services };
}

function candidatesFor({ services }: RoutedEgress, port: number): ReadonlyMap<HostName, Candidate> {
  const candidates = new Map<HostName, Candidate>();
  for (const visible of services) {
    const { ports, hostname } = visible.service;
    const meant =
      port === 0 ? ports : ports.filter((each) => each.number === port && each.protocol !== 'udp').slice(0, 1);
    if (meant.length > 0) candidates.set(hostname, { visible, ports: meant });
  }
  return candidates;
}

function claimedCandidates(
  candidates: ReadonlyMap<HostName, Candidate>,
  claims: TableClaims,
): ReadonlyMap<RouteTable, readonly Candidate[]> {
  const claimed = new Map<RouteTable, Candidate[]>();
  for (const [host, candidate] of candidates) {
    for (const table of claims.claimants(host)) claimed.set(table, [...(claimed.get(table) ?? []), candidate]);
  }
  return claimed;
}

/** RD-11, RD-16: on port 80 and through a forward proxy every table has a say: it may speak for hosts that are no services. */
const servesStrangers = (port: number): boolean => port === 80 || port === 0;

/** Claimed services by their HTTP ports; for strangers there is a group even without any, on port 80. */
function byHttpPort(claimed: readonly Candidate[], port: number): ReadonlyMap<number, readonly OfferedService[]> {
  const groups = new Map<number, OfferedService[]>();
  for (const { visible, ports } of claimed) {
    for (const { number } of ports.filter(mayBeHttp)) groups.set(number, [...(groups.get(number) ?? []), visible]);
  }
  return groups.size === 0 && servesStrangers(port) ? new Map([[80, []]]) : groups;
}

const mayBeHttp = ({ protocol }: ServicePort): boolean => isHttp(protocol) || protocol === 'auto';

/** Hosts of a table that no service of the listener answers to. */
function strangers(table: RouteTable, candidates: ReadonlyMap<HostName, Candidate>): readonly HostName[] {
  const isService = (host: HostName): boolean =>
    isWildcard(host) ? [...candidates.keys()].some((service) => hostsOverlap(service, host)) : candidates.has(host);
  return table.hosts.filter((host) => !isService(host));
}

/** RT-32, for every HTTP port of a service. */
function defaultGroups({ mesh }: RouteView, { visible, ports }: Candidate, memory: StageMemory): readonly HostGroup[] {
  const { service, policy } = visible;
  return ports.filter(mayBeHttp).map(({ number: port }) => {
    const inputs = [service, mesh, ...(policy === undefined ? [] : [policy])];
    const routes = memory.combined(`default route ${port}`, inputs, () => [routeToService(visible, port, mesh)]);
    return { port, hosts: [], services: [visible], routes, source: service.source };
  });
}

function routeToService({ service, policy }: OfferedService, port: number, mesh: MeshSettings): RouteIr {
  const cluster = outboundCluster(port, '', service.hostname);
  return defaultRoute({ cluster, host: service.hostname, port }, hashKeyOf(policy, { port, subset: '' }), mesh);
}
