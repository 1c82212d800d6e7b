import type { Issue, Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { GatewayListener, MergedGateway } from '../view/merged-gateway.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { HANDSHAKE_TIMEOUT, httpManager, PLAIN_CHAIN } from './filter-chains.ts';
import { boundWildcards, FIRST_FREE_PORT, listenerName, withDistinctSockets } from './listener-addresses.ts';

/** GW-26: what a router listens on. Servers of one port and address share a listener, and plain HTTP servers one chain. */
export function compileGatewayListeners(view: ProxyView, gateway: MergedGateway): Noted<readonly ListenerIr[]> {
  const canBind = ({ port }: GatewayListener): boolean => !view.facts.isUnprivileged || port >= FIRST_FREE_PORT;
  return {
    value: withDistinctSockets(gateway.listeners.filter(canBind).map((listener) => gatewayListener(view, listener))),
    issues: gateway.listeners.filter((listener) => !canBind(listener)).flatMap(privilegedPort),
  };
}

function gatewayListener(view: ProxyView, { port, bind, routeName, servesGrpcWeb }: GatewayListener): ListenerIr {
  const addresses: ListenerIr['addresses'] = bind === '' ? boundWildcards(view.facts) : [bind]; // GW-34
  const name = listenerName(addresses[0], port);
  const manager = httpManager(view, {
    listenerClass: 'gateway',
    statPrefix: `outbound_${name}`,
    routes: { by: 'name', name: routeName },
    servesGrpcWeb,
  });
  return {
    name,
    addresses,
    port,
    direction: 'outbound',
    bindsPort: true,
    usesOriginalDestination: false,
    isTransparent: false,
    inspectors: view.mesh.routerTopology.readsProxyProtocol ? [{ type: 'proxy-protocol' }] : [], // GW-33
    inspectionTimeout: undefined,
    continuesUninspected: false,
    chains: [{ ...PLAIN_CHAIN, handshakeTimeout: HANDSHAKE_TIMEOUT, filters: [manager] }],
    defaultChain: undefined,
  };
}

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
