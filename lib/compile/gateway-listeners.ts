import { ipAddressKey } from '../base/ip-address.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { isUnixSocket } from '../base/unix-socket.ts';
import type { FilterChainIr, ListenerFilterIr, ListenerIr } from '../ir/listener.ts';
import type { GatewayListener, GatewayServer, MergedGateway, PlainHttpListener } from '../view/merged-gateway.ts';
import type { ListenerView } from './listener-view.ts';
import { connectionSettings } from './connection-settings.ts';
import { httpManager, TIMED_CHAIN } from './filter-chains.ts';
import { serverChains, type ServerView } from './gateway-server-chains.ts';
import { boundWildcards, FIRST_FREE_PORT, listenerName, withDistinctSockets } from './listener-addresses.ts';
import { takeFree } from './listener-conflicts.ts';
import { servicesByHost } from './services-by-host.ts';

type Addresses = ListenerIr['addresses'];

/** GW-26: what a router listens on. Servers of one port and address share a listener, and plain HTTP servers one chain. */
export function compileGatewayListeners(view: ListenerView, gateway: MergedGateway): Noted<readonly ListenerIr[]> {
  const isOpened = (listener: GatewayListener): boolean => canBind(view.facts, listener);
  const issues = gateway.listeners.filter((listener) => !isOpened(listener)).flatMap(privilegedPort);
  const addressesOf = ({ bind }: GatewayListener): Addresses => (bind === '' ? boundWildcards(view.facts) : [bind]); // GW-34
  const bySocket = Map.groupBy(
    gateway.listeners.filter(isOpened),
    (listener) => `${ipAddressKey(addressesOf(listener)[0])} ${listener.port}`,
  );
  const served = { ...view, byHost: servicesByHost(view.services) };
  const value = [...bySocket.values()].flatMap((sharing) => {
    const [first] = sharing;
    if (first === undefined) return [];
    const addresses = addressesOf(first);
    const chains = chainsOf(served, sharing, listenerName(addresses[0], first.port));
    issues.push(...chains.issues);
    // GW-31: a socket of which every connection would be closed is not opened.
    return chains.value.length === 0 ? [] : [gatewayListener(view, { addresses, port: first.port }, chains.value)];
  });
  return { value: withDistinctSockets(value), issues };
}

/** GW-32: low ports need a privilege, sockets in the file system a directory alone. */
export const canBind = (
  { isUnprivileged }: Pick<ListenerView['facts'], 'isUnprivileged'>,
  { port, bind }: Pick<GatewayListener, 'port' | 'bind'>,
): boolean => !isUnprivileged || port >= FIRST_FREE_PORT || isUnixSocket(bind);

function gatewayListener(
  view: ListenerView,
  { addresses, port }: Pick<ListenerIr, 'addresses' | 'port'>,
  chains: readonly FilterChainIr[],
): ListenerIr {
  return {
    name: listenerName(addresses[0], port),
    addresses,
    port,
    direction: 'outbound',
    bindsPort: true,
    usesOriginalDestination: false,
    isTransparent: false,
    balancesWorkers: view.facts.balancesOutbound,
    inspectors: inspectorsOf(view, chains),
    inspectionTimeout: undefined,
    continuesUninspected: false,
    bufferLimit: connectionSettings(view).bufferLimit,
    chains,
    defaultChain: undefined,
  };
}

/** GW-26, GW-33 */
function inspectorsOf({ facts, mesh }: ListenerView, chains: readonly FilterChainIr[]): readonly ListenerFilterIr[] {
  const inspectors: ListenerFilterIr[] = [];
  if ((facts.topology ?? mesh.routerTopology).readsProxyProtocol) inspectors.push({ type: 'proxy-protocol' });
  if (chains.some(({ match, tls }) => match.serverNames.length > 0 || tls !== undefined))
    inspectors.push({ type: 'tls-inspector', ports: { on: 'every-port' } });
  return inspectors;
}

/** The chains of all servers of one socket; of two for the same connections the older stays. */
function chainsOf(
  view: ServerView,
  listeners: readonly GatewayListener[],
  name: string,
): Noted<readonly FilterChainIr[]> {
  const taken = new Map<string, GatewayServer>();
  const issues: Issue[] = [];
  const value: FilterChainIr[] = [];
  const add = (chain: FilterChainIr, server: GatewayServer): void => {
    const { match, rivals } = takeFree(chain.match, server, taken);
    if (match !== undefined) value.push({ ...chain, match });
    const [rival] = rivals;
    if (rival !== undefined) issues.push(sameConnections(server, rival));
  };
  for (const listener of listeners) {
    const [first] = listener.servers;
    if (listener.type === 'plain-http' && first !== undefined) add(plainHttpChain(view, listener, name), first);
    for (const server of listener.type === 'plain-http' ? [] : listener.servers) {
      const chains = serverChains(view, server, name);
      issues.push(...chains.issues);
      for (const chain of chains.value) add(chain, server);
    }
  }
  return { value, issues };
}

function plainHttpChain(view: ListenerView, listener: PlainHttpListener, name: string): FilterChainIr {
  const manager = httpManager(view, {
    listenerClass: 'gateway',
    statPrefix: `outbound_${name}`,
    routes: { by: 'name', name: listener.routeName },
    servesGrpcWeb: listener.servesGrpcWeb,
  });
  return { ...TIMED_CHAIN, filters: [manager] };
}

const sameConnections = ({ gateway, path }: GatewayServer, rival: GatewayServer): Issue => ({
  severity: 'warning',
  code: 'LISTENER_CONFLICT',
  resource: gateway,
  path,
  message: `nothing tells some of its connections from those to ${rival.path} of ${rival.gateway}, which keeps them`,
});

/** GW-32 */
function privilegedPort({ port, servers }: GatewayListener): Issue[] {
  return [...new Set(servers.map(({ gateway }) => gateway))].map((resource) => ({
    severity: 'warning',
    code: 'PRIVILEGED_PORT',
    resource,
    path: '',
    message: `port ${port} is not served by routers that may not bind ports below ${FIRST_FREE_PORT}`,
  }));
}
