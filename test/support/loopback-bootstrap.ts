import type { EnvoyResource, ProtoJson } from '../../lib/envoy/envoy-resource.ts';
import { staticBootstrap } from './static-bootstrap.ts';

/** What stands in for the world around a proxy whose resources are to run on loopback. */
export interface LoopbackWorld {
  /** The port on loopback that stands for a cluster. */
  readonly portOf: (cluster: string) => number;
  /** Where the proxy notes what became of each connection and request: one JSON object a line. */
  readonly accessLog: string;
}

/** One line of the access log. Empty parts are left out or `null`. */
export interface LoggedCall {
  /** The client's own port, by which a call finds its line. */
  readonly clientPort: number;
  readonly listener?: string;
  readonly chain: string | null;
  /** Name of the route configuration; nothing where bytes were passed on unread. */
  readonly routes?: string;
  readonly virtualHost?: string | null;
  readonly route?: string | null;
  readonly cluster: string | null;
  /** The line of a connection as a whole, noted when it has ended. */
  readonly ended?: boolean;
}

/** Takes the connections that no listener of the proxy would have taken, or hands them to the listener of their destination. */
export const ENTRY = 'entry';

/** What the entry answers where no listener takes a connection: no route of a test does. */
const NO_LISTENER = 599;

/**
 * A bootstrap that runs a proxy's listeners and routes as they are, without iptables, privileged ports or a network.
 * A client names the destination of its connection by the PROXY protocol. Where the proxy would ask the kernel for it
 * (`original_dst`), or where the kernel would choose the listener by the bound port, Envoy's own `proxy_protocol` filter sets the same
 * restored address; which listener and which chain that leads to is Envoy's choice, as is all that follows.
 *
 * Not shown: the redirection itself (`SO_ORIGINAL_DST`, TPROXY with the client's address), the binding of ports, and everything inside a cluster
 * (endpoints, protocols, TLS, host names for `auto` rewrites): each is replaced by one address on loopback.
 */
export function loopbackBootstrap(resources: readonly EnvoyResource[], world: LoopbackWorld): object {
  const kept = resources.filter(({ type }) => type === 'routes');
  const clusters = resources.filter(({ type }) => type === 'clusters').map((cluster) => standIn(cluster, world));
  const listeners = resources.filter(({ type }) => type === 'listeners').map((listener) => rewired(listener, world));
  return staticBootstrap([...clusters, entryListener(world), ...listeners, ...kept]);
}

function standIn({ type, name }: EnvoyResource, { portOf }: LoopbackWorld): EnvoyResource {
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: loopback(portOf(name)) } }] }];
  return { type, name, body: { name, type: 'STATIC', loadAssignment: { clusterName: name, endpoints } } };
}

/** A listener that asks the kernel for the destination is bound to a free port; every other one is only handed connections. */
function rewired({ type, name, body }: EnvoyResource, world: LoopbackWorld): EnvoyResource {
  const observed = logged(body, name, world);
  if (!takesRedirected(body)) return { type, name, body: { ...observed, bindToPort: false } };
  const listenerFilters = [proxyProtocol, ...filtersOf(body).filter((filter) => !asksKernel(filter))];
  const bound = { address: loopback(0), additionalAddresses: [], transparent: false, listenerFilters };
  return { type, name, body: { ...observed, ...bound } };
}

/** Where the proxy itself listens, each `inbound address:port` or `outbound …`: no connection of that direction is redirected there. */
export function openedAddresses(resources: readonly EnvoyResource[]): ReadonlySet<string> {
  const opened = resources.filter(
    ({ type, body }) => type === 'listeners' && body['bindToPort'] !== false && !takesRedirected(body),
  );
  return new Set(
    opened.flatMap(({ body }) => {
      const { socketAddress } = body['address'] as { socketAddress?: { address: string; portValue: number } };
      const direction = body['trafficDirection'] === 'INBOUND' ? 'inbound' : 'outbound';
      return socketAddress === undefined ? [] : [`${direction} ${socketAddress.address}:${socketAddress.portValue}`];
    }),
  );
}

const filtersOf = (body: ProtoJson): readonly ProtoJson[] => (body['listenerFilters'] ?? []) as readonly ProtoJson[];
const takesRedirected = (body: ProtoJson): boolean =>
  body['useOriginalDst'] === true || filtersOf(body).some(readsDestination);
const readsDestination = (filter: ProtoJson): boolean => filter['name'] === 'envoy.filters.listener.original_dst';
const asksKernel = (filter: ProtoJson): boolean =>
  readsDestination(filter) || filter['name'] === 'envoy.filters.listener.original_src';

const proxyProtocol = {
  name: 'envoy.filters.listener.proxy_protocol',
  typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol' },
};

function entryListener(world: LoopbackWorld): EnvoyResource {
  const answer = {
    name: 'none',
    domains: ['*'],
    routes: [{ match: { prefix: '/' }, directResponse: { status: NO_LISTENER } }],
  };
  const router = {
    name: 'envoy.filters.http.router',
    typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
  };
  const manager = {
    '@type': `type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.${MANAGER}`,
    statPrefix: ENTRY,
    routeConfig: { name: 'none', virtualHosts: [answer] },
    httpFilters: [router],
  };
  const filters = [{ name: 'envoy.filters.network.http_connection_manager', typedConfig: manager }];
  const body = {
    name: ENTRY,
    address: loopback(0),
    useOriginalDst: true,
    listenerFilters: [proxyProtocol],
    filterChains: [{ filters }],
  };
  return { type: 'listeners', name: ENTRY, body: logged(body, undefined, world) };
}

const loopback = (portValue: number): object => ({ socketAddress: { address: '127.0.0.1', portValue } });

const MANAGER = 'HttpConnectionManager';

/** Lets the listener note when a connection has ended, and every filter that ends a chain what it did. */
function logged(body: ProtoJson, listener: string | undefined, world: LoopbackWorld): ProtoJson {
  const ofFilters = withAccessLogs(body, listener, world) as ProtoJson;
  return { ...ofFilters, accessLog: accessLog({ listener, ended: true }, world) };
}

function withAccessLogs(value: unknown, listener: string | undefined, world: LoopbackWorld): unknown {
  if (Array.isArray(value)) return value.map((item) => withAccessLogs(item, listener, world));
  if (value === null || typeof value !== 'object') return value;
  const type = (value as { '@type'?: string })['@type']?.split('.').at(-1);
  if (type === MANAGER) return { ...value, accessLog: accessLog({ listener, routes: routesOf(value) }, world) };
  if (type === 'TcpProxy') return { ...value, accessLog: accessLog({ listener }, world) };
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withAccessLogs(member, listener, world)]),
  );
}

function routesOf(manager: object): string | undefined {
  const { rds, routeConfig } = manager as { rds?: { routeConfigName: string }; routeConfig?: { name: string } };
  return rds?.routeConfigName ?? routeConfig?.name;
}

interface KnownParts {
  readonly listener: string | undefined;
  readonly routes?: string | undefined;
  readonly ended?: true;
}

function accessLog({ listener, routes, ended }: KnownParts, world: LoopbackWorld): object {
  const ofRequest = { routes, virtualHost: '%CEL(xds.virtual_host_name)%', route: '%ROUTE_NAME%' };
  const jsonFormat = {
    clientPort: '%DOWNSTREAM_DIRECT_REMOTE_PORT%',
    listener,
    ended,
    chain: '%FILTER_CHAIN_NAME%',
    ...(routes === undefined ? {} : ofRequest),
    cluster: '%UPSTREAM_CLUSTER_RAW%',
  };
  const cel = {
    name: 'envoy.formatter.cel',
    typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.formatter.cel.v3.Cel' },
  };
  const typedConfig = {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path: world.accessLog,
    logFormat: { jsonFormat, formatters: [cel] },
  };
  return [{ name: 'envoy.access_loggers.file', typedConfig }];
}
