import { bySpecificity, hostsForNamespace, intersectHosts, type HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { RouteConfigurationIr, RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { GatewayListener, GatewayServer, MergedGateway } from '../view/merged-gateway.ts';
import type { ProxyView, VisibleService } from '../view/proxy-view.ts';
import { canBind } from './gateway-listeners.ts';
import { isCatchAll } from './route-match.ts';
import { servicesByHost } from './services-by-host.ts';
import { bracketed, hostAndPort } from './service-domains.ts';
import { MAX_DIRECT_BODY } from './direct-body.ts';
import { sharedConfiguration } from './shared-configuration.ts';
import { tableRoutes } from './table-routes.ts';

/** A virtual host while tables are still being added to it. */
interface HostEntry {
  readonly host: HostName;
  /** Written port of the first server that serves the host. */
  readonly port: number;
  redirectsToHttps: boolean;
  /** Routes by gateway and table, in the order in which the tables came. */
  readonly parts: Map<string, readonly RouteIr[]>;
}

/** What one route configuration is being made of. */
interface Building {
  readonly view: ProxyView;
  readonly memory: StageMemory;
  readonly services: ReadonlyMap<HostName, VisibleService>;
  readonly hosts: Map<HostName, HostEntry>;
  /** By gateway and table: built once and used again by the gateway's other servers (GW-39). */
  readonly built: Map<string, readonly RouteIr[]>;
  readonly issues: Issue[];
}

/** GW-17 to GW-23, GW-39: the route configurations that a router's listeners ask for. */
export function compileGatewayRoutes(
  view: ProxyView,
  gateway: MergedGateway,
  memory: StageMemory = noMemory,
): Noted<readonly RouteConfigurationIr[]> {
  const services = servicesByHost(view.services);
  const issues: Issue[] = [];
  const opened = gateway.listeners.filter((listener) => canBind(view.facts, listener));
  const value = opened.flatMap(routeSets).map(({ name, servers }) => {
    const building: Building = { view, memory, services, hosts: new Map(), built: new Map(), issues };
    for (const server of servers) addServer(building, server);
    const settings = { name, ignoresPort: true, maxDirectBody: MAX_DIRECT_BODY };
    return sharedConfiguration(settings, virtualHosts(building, servers), memory);
  });
  return { value, issues };
}

/** Servers that share a route configuration, and its name. */
interface RouteSet {
  readonly name: string;
  readonly servers: readonly GatewayServer[];
}

/** Plain HTTP servers of a socket share one; each server whose TLS ends at the router has its own (GW-13). */
function routeSets(listener: GatewayListener): readonly RouteSet[] {
  if (listener.type === 'plain-http') return [{ name: listener.routeName, servers: listener.servers }];
  return listener.servers
    .filter(({ httpsRouteName }) => httpsRouteName !== '')
    .map((server) => ({ name: server.httpsRouteName, servers: [server] }));
}

function addServer(building: Building, server: GatewayServer): void {
  for (const table of server.routeTables) {
    const hosts = intersectHosts(hostsForNamespace(server.hosts, table.namespace), table.hosts); // GW-17
    if (hosts.length === 0) continue;
    const key = `${server.gatewayName} ${table.namespace}/${table.name}`;
    const routes = building.built.get(key) ?? compileTable(building, server, table);
    building.built.set(key, routes);
    if (routes.length === 0) continue; // RT-3
    for (const host of hosts) entryOf(building, host, server).parts.set(key, routes); // GW-18
  }
  if (!server.redirectsToHttps) return;
  // GW-19: a host without any table is redirected too.
  for (const host of server.hosts) entryOf(building, host.slice(host.indexOf('/') + 1), server);
}

/** GW-20. A host that one server redirects is redirected for all of them. */
function entryOf({ hosts }: Building, name: HostName, { port, redirectsToHttps }: GatewayServer): HostEntry {
  const host = name.toLowerCase();
  const entry = hosts.get(host) ?? { host, port, redirectsToHttps: false, parts: new Map() };
  entry.redirectsToHttps ||= redirectsToHttps;
  hosts.set(host, entry);
  return entry;
}

/** GW-39: the port that matches compare with is the one of the first server of the gateway that the table fits. */
function compileTable(
  building: Building,
  { gatewayName, port, tls }: GatewayServer,
  table: RouteTable,
): readonly RouteIr[] {
  const { facts, mesh } = building.view;
  const at = {
    gateway: gatewayName,
    listenerPort: port,
    usesTls: tls.type === 'terminated',
    namespace: facts.namespace,
    labels: facts.selectedLabels,
    mesh,
    services: building.services,
    infersPorts: true,
  };
  const { value, issues } = tableRoutes(table, at, building.memory);
  building.issues.push(...issues);
  return value;
}

/** Sorted by name; without any host every request is answered with 404 (GW-21). */
function virtualHosts({ hosts, memory }: Building, servers: readonly GatewayServer[]): readonly VirtualHostIr[] {
  if (hosts.size === 0) return [blackHole(servers[0]?.port ?? 0)];
  const entries = [...hosts.values()].sort((a, b) => bySpecificity(a.host, b.host));
  return [...Map.groupBy(entries, sharedRoutes).values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      const domains = [first, ...others].map(({ host }) => bracketed(host));
      const name = hostAndPort(first.host, first.port);
      const slot = `gateway host ${name} ${first.redirectsToHttps} ${domains.join(' ')}`;
      return [
        memory.combined(slot, [...first.parts.values()], (parts) =>
          virtualHost({ name, domains, parts, requiresTls: first.redirectsToHttps }),
        ),
      ];
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const blackHole = (port: number): VirtualHostIr => ({
  name: `blackhole:${port}`,
  domains: ['*'],
  routes: [],
  requiresTls: false,
  countsAttempts: false,
});

/** GW-23: hosts of which this is equal are one virtual host with many domains. */
const sharedRoutes = ({ redirectsToHttps, parts }: HostEntry): string =>
  JSON.stringify([redirectsToHttps, ...parts.keys()]);

/** RT-34: where tables of several authors meet, what takes every request comes last. */
function virtualHost({
  parts,
  ...host
}: Omit<VirtualHostIr, 'routes' | 'countsAttempts'> & {
  readonly parts: readonly (readonly RouteIr[])[];
}): VirtualHostIr {
  const routes = parts.flat();
  const special = routes.filter(({ match }) => !isCatchAll(match));
  const general = routes.filter(({ match }) => isCatchAll(match));
  return { ...host, routes: [...special, ...general], countsAttempts: true };
}
