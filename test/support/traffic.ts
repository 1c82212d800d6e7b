import { RE2JS } from 're2js';
import { unreachable } from '../../lib/base/unreachable.ts';
import type { ConnectionTargetIr, FilterChainIr, ListenerIr } from '../../lib/ir/listener.ts';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import type { ForwardIr, MirrorIr, RedirectIr, RouteIr, VirtualHostIr } from '../../lib/ir/route-configuration.ts';
import { type Call, readRequest, withNormalPath, withoutPort } from './call-request.ts';
import { chooseChain } from './filter-chain-choice.ts';
import { matchesRoute, type Request } from './route-choice.ts';

/** What became of a call: each part as far as it got. */
export interface Outcome {
  readonly listener?: string;
  readonly chain?: string;
  /** Name of the route configuration. */
  readonly routes?: string;
  readonly virtualHost?: string;
  readonly route?: string;
  /** The one cluster, or with `clusters` the weights of several. */
  readonly cluster?: string;
  readonly clusters?: Readonly<Record<string, number>>;
  /** What the proxy answers itself; nothing when it forwards. */
  readonly status?: number;
  readonly location?: string;
  /** Authority and path that the cluster sees. */
  readonly host?: string;
  readonly path?: string;
  /** Clusters that get copies, and of how many percent of the requests. */
  readonly mirrors?: Readonly<Record<string, number>>;
}

/** Sends a call through the decisions for one proxy: listener, filter chain, virtual host, route, as Envoy chooses them. */
export function evaluateCall(ir: ProxyIr, call: Call): Outcome {
  const request = readRequest(call);
  const listener = chooseListener(ir.listeners, call, request);
  if (listener === undefined) return {};
  const chain = chooseChain(listener, {
    address: call.to?.address,
    port: call.to?.port ?? request.port,
    isTls: request.scheme === 'https',
    serverName: request.host,
  });
  if (chain === undefined) return { listener: listener.name };
  return {
    listener: listener.name,
    ...(chain.name !== '' && { chain: chain.name }),
    ...throughChain(ir, chain, request),
  };
}

function throughChain(ir: ProxyIr, chain: FilterChainIr, sent: Request): Outcome {
  const filter = chain.filters.at(-1);
  if (filter?.type === 'tcp-proxy') {
    const { target } = filter;
    return target.type === 'weighted' || isKnown(ir, target.cluster) ? targeted(target) : {};
  }
  if (filter?.type !== 'http-connection-manager') return {};
  const request = withNormalPath(sent, filter.pathNormalization);
  const { routes: source } = filter;
  const routes = source.by === 'value' ? source.value : ir.routes.find(({ name }) => name === source.name);
  if (routes === undefined) return { status: 404 };
  if (request.scheme === 'https' && chain.tls === undefined) return { routes: routes.name, status: 400 };
  const host = chooseVirtualHost(
    routes.virtualHosts,
    routes.ignoresPort ? withoutPort(request.authority) : request.authority,
  );
  if (host === undefined) return { routes: routes.name, status: 404 };
  const found = { routes: routes.name, virtualHost: host.name };
  if (host.requiresTls && request.scheme === 'http') {
    return { ...found, status: 301, location: whole({ ...request, scheme: 'https' }) };
  }
  const route = host.routes.find(({ match }) => matchesRoute(match, request));
  if (route === undefined) return { ...found, status: 404 };
  return { ...found, ...(route.name !== '' && { route: route.name }), ...act(ir, route, request) };
}

function act(ir: ProxyIr, route: RouteIr, request: Request): Outcome {
  const { action } = route;
  switch (action.type) {
    case 'direct-response':
      return { status: action.status, ...(namesPlace(action.status) && { location: whole(request) }) };
    case 'redirect':
      return { status: action.code, location: redirected(action, route, request) };
    case 'forward':
      return leadsSomewhere(ir, action) ? forwarded(action, route, request) : { status: 503 };
    default:
      return unreachable(action);
  }
}

/** Envoy puts where the request went to itself into these answers. */
const namesPlace = (status: number): boolean => status === 201 || (status >= 300 && status < 400);
const whole = ({ scheme, authority, target }: Request): string => `${scheme}://${authority}${target}`;

const isKnown = (ir: ProxyIr, name: string): boolean => ir.clusters.some((cluster) => cluster.name === name);

const leadsSomewhere = (ir: ProxyIr, { target }: ForwardIr): boolean =>
  target.type === 'weighted' || isKnown(ir, target.cluster);

function forwarded(action: ForwardIr, route: RouteIr, request: Request): Outcome {
  const { target, authority, mirrors } = action;
  const shared = {
    host: authority ?? request.authority,
    path: rewritten(action, route, request),
    ...(mirrors.length > 0 && { mirrors: Object.fromEntries(mirrors.map(percentage)) }),
  };
  return { ...targeted(target), ...shared };
}

function targeted(target: ForwardIr['target'] | ConnectionTargetIr): Outcome {
  if (target.type === 'cluster') return { cluster: target.cluster };
  return { clusters: Object.fromEntries(target.clusters.map(({ cluster, weight }) => [cluster, weight])) };
}

const percentage = ({ cluster, share: { numerator, of } }: MirrorIr): readonly [string, number] => [
  cluster,
  of === 'hundred' ? numerator : numerator / 10_000,
];

function rewritten({ pathRewrite }: ForwardIr, { match }: RouteIr, request: Request): string {
  const query = request.target.slice(request.path.length);
  if (pathRewrite === undefined) return request.target;
  if (pathRewrite.type === 'regex') {
    const substitution = pathRewrite.substitution.replaceAll(/\\(\d)/g, (_all, group) => `$${group}`);
    const path = RE2JS.compile(pathRewrite.pattern).matcher(request.path).replaceAll(substitution);
    return path === '' ? request.target : path + query;
  }
  const rest = match.path.type === 'prefix' ? request.path.slice(match.path.value.length) : '';
  return pathRewrite.prefix + rest + query;
}

function redirected(action: RedirectIr, { match }: RouteIr, request: Request): string {
  const scheme = action.scheme === '' ? request.scheme : action.scheme;
  const host = action.host === '' ? keptHost(request, scheme, action.port) : action.host;
  const port = action.port === 0 ? '' : `:${action.port}`;
  const query = action.path.includes('?') ? '' : request.target.slice(request.path.length);
  const rest = match.path.type === 'prefix' ? request.path.slice(match.path.value.length) : '';
  const path = action.replaces === 'prefix' ? action.path + rest : action.path;
  return `${scheme}://${host}${port}${action.path === '' ? request.target : path + query}`;
}

/** The authority of the request; its port goes where another takes its place, or where it is the default of a scheme that changes. */
function keptHost({ authority, scheme }: Request, newScheme: string, newPort: number): string {
  const defaultPort = scheme === 'http' ? ':80' : ':443';
  const isReplaced = newPort !== 0 || (scheme !== newScheme && authority.endsWith(defaultPort));
  return isReplaced ? withoutPort(authority) : authority;
}

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
