import { RE2JS } from 're2js';
import { unreachable } from '../base/unreachable.ts';
import type { ConnectionTargetIr, TcpProxyIr } from '../ir/listener.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { ForwardIr, PathPatternIr, MirrorIr, RedirectIr, RouteIr } from '../ir/route-configuration.ts';
import { isSentToTls, type Journey } from './follow-call.ts';
import { type Request, withoutPort } from './request.ts';

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

/** What becomes of a call that met this on its way. */
export function outcomeOf(ir: ProxyIr, { listener, chain, ...inside }: Journey): Outcome {
  return {
    ...(listener && { listener: listener.name }),
    ...(chain && chain.name !== '' && { chain: chain.name }),
    ...outcomeInside(ir, inside),
  };
}

function outcomeInside(ir: ProxyIr, { request, tcp, isHttp, routes, isUnreadable, host, route }: Journey): Outcome {
  if (tcp !== undefined) return leadsSomewhere(ir, tcp) ? targeted(tcp.target) : {};
  if (!isHttp) return {};
  if (routes === undefined) return { status: 404 };
  if (isUnreadable) return { routes: routes.name, status: 400 };
  if (host === undefined) return { routes: routes.name, status: 404 };
  const found = { routes: routes.name, virtualHost: host.name };
  if (isSentToTls(host, request)) return { ...found, status: 301, location: whole({ ...request, scheme: 'https' }) };
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

const leadsSomewhere = ({ clusters }: ProxyIr, { target }: Pick<ForwardIr | TcpProxyIr, 'target'>): boolean =>
  target.type === 'weighted' || clusters.some(({ name }) => name === target.cluster);

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
    const path = patterned(pathRewrite, request.path);
    return path === '' ? request.target : path + query;
  }
  return pathRewrite.prefix + restOf(match, request) + query;
}

function patterned({ pattern, substitution }: PathPatternIr, path: string): string {
  const groups = substitution.replaceAll(/\\(\d)/g, (_all, group) => `$${group}`);
  return RE2JS.compile(pattern).matcher(path).replaceAll(groups);
}

/** What follows the prefix that matched. */
const restOf = ({ path }: RouteIr['match'], request: Request): string =>
  path.type === 'prefix' || path.type === 'path-prefix' ? request.path.slice(path.value.length) : '';

function redirected(action: RedirectIr, { match }: RouteIr, request: Request): string {
  const scheme = action.scheme === '' ? request.scheme : action.scheme;
  const host = action.host === '' ? keptHost(request, scheme, action.port) : action.host;
  const port = action.port === 0 ? '' : `:${action.port}`;
  const query = action.path.includes('?') ? '' : request.target.slice(request.path.length);
  const unpatterned = action.replaces === 'prefix' ? action.path + restOf(match, request) : action.path;
  const path = action.pattern === undefined ? unpatterned : patterned(action.pattern, request.path);
  return `${scheme}://${host}${port}${action.path === '' ? request.target : path + query}`;
}

/** The authority of the request; its port goes where another takes its place, or where it is the default of a scheme that changes. */
function keptHost({ authority, scheme }: Request, newScheme: string, newPort: number): string {
  const defaultPort = scheme === 'http' ? ':80' : ':443';
  const isReplaced = newPort !== 0 || (scheme !== newScheme && authority.endsWith(defaultPort));
  return isReplaced ? withoutPort(authority) : authority;
}
