import type {
  ConnectionRouteRule,
  TcpRouteSpec,
  TlsRouteSpec,
} from '../../resources/gateway-api/connection-route-specs.ts';
import type { TcpRoute, TlsRoute } from '../../resources/virtual-service-spec.ts';
import type { RouteOrigin } from './backends.ts';
import { type Converted, type ConvertedPart, drawBackends, drawsAny, joinParts } from './converted-rule.ts';

/** One rule for connections, as VirtualServices have it. */
export interface ConnectionRuleOf<Route> {
  readonly route: Route;
  /** Where the route has it: `spec.rules[0]`. */
  readonly path: string;
}

type Ends = NonNullable<TcpRoute['route']>;

/** GA-17: no cluster has this name, so a connection that is led there is closed. */
const NOWHERE: Ends = [
  { destination: { host: 'internal.cluster.local', subset: 'zero-weight', port: { number: 65_535 } }, weight: 0 },
];

/** GA-22 */
export function convertTcpRoute(
  { rules = [] }: Partial<TcpRouteSpec>,
  origin: RouteOrigin,
): Converted<ConnectionRuleOf<TcpRoute>> {
  return joinParts(rules.map((rule, index) => convertRule(rule, { index, origin }, (route) => ({ route }))));
}

/** GA-22: the names that clients ask for are the route's hosts; without any, every one. */
export function convertTlsRoute(
  { hostnames = [], rules = [] }: Partial<TlsRouteSpec>,
  origin: RouteOrigin,
): Converted<ConnectionRuleOf<TlsRoute>> {
  const match = [{ sniHosts: hostnames.length === 0 ? ['*'] : hostnames }];
  return joinParts(rules.map((rule, index) => convertRule(rule, { index, origin }, (route) => ({ match, route }))));
}

function convertRule<Route>(
  { backendRefs = [] }: Partial<ConnectionRouteRule>,
  { index, origin }: { readonly index: number; readonly origin: RouteOrigin },
  make: (ends: Ends) => Route,
): ConvertedPart<ConnectionRuleOf<Route>> {
  const path = `spec.rules[${index}]`;
  if (!drawsAny(backendRefs)) return { rules: [{ path, route: make(NOWHERE) }], problem: undefined };
  const drawn = drawBackends(backendRefs, origin);
  if (drawn.type === 'fatal') return { rules: undefined, problem: drawn.problem };
  const ends = drawn.backends.map(({ destination, weight }) => ({
    destination,
    ...(weight !== undefined && { weight }),
  }));
  return { rules: [{ path, route: make(ends) }], problem: drawn.problem };
}
