import type { FilterChainIr, ListenerIr, TcpProxyIr } from '../ir/listener.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { RouteConfigurationIr, RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import { chooseChain } from './chain-choice.ts';
import { type Call, type Request, withNormalPath, withoutPort } from './request.ts';
import { mismatch } from './route-choice.ts';

/** What a call meets on its way through one proxy, as far as it gets. */
export interface Journey {
  /** As routes see it: with a normal path, where the proxy makes it so. */
  readonly request: Request;
  readonly listener?: ListenerIr;
  readonly chain?: FilterChainIr;
  /** Where the connection goes on as bytes. */
  readonly tcp?: TcpProxyIr;
  /** Whether the chain reads HTTP; its routes may be missing all the same. */
  readonly isHttp: boolean;
  readonly routes?: RouteConfigurationIr;
  /** TLS reached a chain that reads plain HTTP: the proxy answers 400. */
  readonly isUnreadable?: true;
  readonly host?: VirtualHostIr;
  readonly route?: RouteIr;
}

/** Sends a call through the decisions for one proxy: listener, filter chain, virtual host, route, as Envoy chooses them. */
export function followCall(ir: ProxyIr, call: Call, request: Request): Journey {
  const listener = chooseListener(ir.listeners, call, request);
  if (listener === undefined) return { request, isHttp: false };
  const chain = chooseChain(listener, {
    address: call.to?.address,
    port: call.to?.port ?? request.port,
    isTls: request.scheme === 'https',
    serverName: request.host,
  });
  if (chain === undefined) return { request, listener, isHttp: false };
  return { listener, chain, ...throughChain(ir, chain, request) };
}

function throughChain(ir: ProxyIr, chain: FilterChainIr, sent: Request): Journey {
  const filter = chain.filters.at(-1);
  if (filter?.type === 'tcp-proxy') return { request: sent, tcp: filter, isHttp: false };
  if (filter?.type !== 'http-connection-manager') return { request: sent, isHttp: false };
  const request = withNormalPath(sent, filter.paths);
  const { routes: source } = filter;
  const routes = source.by === 'value' ? source.value : ir.routes.find(({ name }) => name === source.name);
  if (routes === undefined) return { request, isHttp: true };
  if (request.scheme === 'https' && chain.tls === undefined)
    return { request, isHttp: true, routes, isUnreadable: true };
  const asked = routes.ignoresPort ? withoutPort(request.authority) : request.authority;
  const host = chooseVirtualHost(routes.virtualHosts, asked);
  if (host === undefined) return { request, isHttp: true, routes };
  const route = isSentToTls(host, request) ? undefined : host.routes.find(({ match }) => !mismatch(match, request));
  return { request, isHttp: true, routes, host, ...(route && { route }) };
}

/** GW-19: plain requests to such a host are redirected before any route is looked at. */
export const isSentToTls = ({ requiresTls }: VirtualHostIr, { scheme }: Request): boolean =>
  requiresTls && scheme === 'http';

/** The listener of the address that the connection was going to; else of the port alone; else the one that takes the rest. */
function chooseListener(listeners: readonly ListenerIr[], call: Call, request: Request): ListenerIr | undefined {
  const { direction = 'outbound', to } = call;
  const port = to?.port ?? request.port;
  const ofSide = listeners.filter((listener) => listener.direction === direction || !hasSides(listeners));
  const onPort = ofSide.filter((listener) => listener.port === port);
  const wildcard = to?.address?.includes(':') === true ? '::' : '0.0.0.0';
  const exact = onPort.find(({ addresses }) => to?.address !== undefined && addresses.includes(to.address));
  const shared = onPort.find(({ addresses }) => addresses.includes(wildcard));
  return (
    exact ??
    shared ??
    ofSide.find(
      ({ usesOriginalDestination, inspectors }) =>
        usesOriginalDestination || inspectors.some(({ type }) => type === 'original-destination'),
    )
  );
}

const hasSides = (listeners: readonly ListenerIr[]): boolean =>
  listeners.some(({ direction }) => direction === 'inbound');

/** Envoy's order: the exact domain, the longest that ends alike, the longest that begins alike, `*`. */
function chooseVirtualHost(hosts: readonly VirtualHostIr[], authority: string): VirtualHostIr | undefined {
  const asked = authority.toLowerCase();
  let best: { readonly host: VirtualHostIr; readonly rank: number } | undefined;
  for (const host of hosts) {
    for (const domain of host.domains) {
      const rank = rankOf(domain.toLowerCase(), asked);
      if (rank > (best?.rank ?? 0)) best = { host, rank };
    }
  }
  return best?.host;
}

/** 0 for a domain that does not match; longer domains of one kind rank higher. */
function rankOf(domain: string, asked: string): number {
  if (domain === asked) return 3_000_000;
  if (domain === '*') return 1;
  const text = domain.replaceAll('*', '');
  if (asked.length <= text.length) return 0;
  if (domain.startsWith('*') && asked.endsWith(text)) return 2_000_000 + text.length;
  return domain.endsWith('*') && asked.startsWith(text) ? 1_000_000 + text.length : 0;
}
