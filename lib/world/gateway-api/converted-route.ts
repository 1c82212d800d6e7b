import { intersectHosts, serviceHost, type HostName } from '../../base/host-name.ts';
import { unreachable } from '../../base/unreachable.ts';
import { MESH_GATEWAY } from '../../model/route-table.ts';
import { keyOf, type Resource, type ResourceKey } from '../../resources/resource.ts';
import type { TcpRoute, TlsRoute } from '../../resources/virtual-service-spec.ts';
import type { RouteOrigin, RouteProblem } from './backends.ts';
import { type ConnectionRuleOf, convertTcpRoute, convertTlsRoute } from './connection-route.ts';
import type { Converted, ConvertedRule } from './converted-rule.ts';
import { convertGrpcRoute } from './grpc-route.ts';
import { convertHttpRoute } from './http-route.ts';
import { attachmentsOf, isOwnHost, type RouteAttachment } from './route-attachments.ts';
import type { RouteLookup } from './route-facts.ts';
import type { RouteKind } from './route-parent.ts';
import { routeParentStatuses, type RouteParentStatus } from './route-status.ts';

export type RouteResource = Resource<RouteKind>;

/** What one route comes to, before it is merged with those of the same gateway and host. */
export interface ConvertedRoute {
  readonly source: ResourceKey;
  readonly http: readonly HttpPart[];
  readonly connections: readonly ConnectionPart[];
  readonly parents: readonly RouteParentStatus[];
  /** The listeners that took it; what `attachedRoutes` counts. */
  readonly attachedTo: readonly AttachedListener[];
}

export interface AttachedListener {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly namespace: string;
  readonly name: string;
  readonly section: string;
}

/** Rules for one host of one gateway; those of several routes under the same `key` are merged (GA-14). */
export interface HttpPart {
  readonly key: string;
  readonly route: RouteResource;
  readonly gateway: string;
  readonly host: HostName;
  /** Whether it is about a service of another namespace (GA-23). */
  readonly isOfConsumer: boolean;
  readonly rules: readonly ConvertedRule[];
}

/** GA-22: rules for the connections to one host of one gateway. */
export interface ConnectionPart {
  readonly name: string;
  readonly route: RouteResource;
  readonly gateway: string;
  readonly host: HostName;
  readonly isOfConsumer: boolean;
  readonly tcp: readonly ConnectionRuleOf<TcpRoute>[];
  readonly tls: readonly ConnectionRuleOf<TlsRoute>[];
}

/** The rules of a route of whichever kind. */
interface ConvertedRules {
  readonly http: readonly ConvertedRule[];
  readonly tcp: readonly ConnectionRuleOf<TcpRoute>[];
  readonly tls: readonly ConnectionRuleOf<TlsRoute>[];
  readonly problem: RouteProblem | undefined;
}

/** GA-11 to GA-23: one route against everything that it names. */
export function convertRoute(route: RouteResource, lookup: RouteLookup): ConvertedRoute {
  const { namespace } = route.metadata;
  const { parentRefs = [], hostnames = [] } = { hostnames: undefined, ...route.spec };
  const attachments = attachmentsOf({ kind: route.kind, namespace, parentRefs, hostnames }, lookup);
  const rulesFor = (needsGrants: boolean): ConvertedRules =>
    convertRules(route, { kind: route.kind, namespace, name: route.metadata.name, lookup, needsGrants });
  const isMesh = ({ parent }: RouteAttachment): boolean => parent.gateway === MESH_GATEWAY;
  const meshRules = attachments.some(isMesh) ? rulesFor(false) : NO_RULES;
  const gatewayRules = attachments.some((each) => !isMesh(each)) ? rulesFor(true) : NO_RULES;
  const rulesOf = (each: RouteAttachment): ConvertedRules => (isMesh(each) ? meshRules : gatewayRules);
  const taken = attachments
    .filter(({ refused }) => refused === undefined)
    .sort((a, b) => (a.parent.gateway < b.parent.gateway ? -1 : a.parent.gateway > b.parent.gateway ? 1 : 0));
  const outcomes = attachments.map((attachment) => ({ attachment, problem: rulesOf(attachment).problem }));
  return {
    source: keyOf(route),
    http: taken.flatMap((each) => httpParts(route, each, { rules: rulesOf(each), lookup })),
    connections: connectionParts(route, taken, { rulesOf, lookup }),
    parents: routeParentStatuses(outcomes, namespace),
    attachedTo: taken.flatMap(attachedListener),
  };
}

const NO_RULES: ConvertedRules = { http: [], tcp: [], tls: [], problem: undefined };

function convertRules(route: RouteResource, origin: RouteOrigin): ConvertedRules {
  switch (route.kind) {
    case 'HTTPRoute':
      return { ...NO_RULES, ...asHttp(convertHttpRoute(route.spec, origin)) };
    case 'GRPCRoute':
      return { ...NO_RULES, ...asHttp(convertGrpcRoute(route.spec, origin)) };
    case 'TCPRoute': {
      const { rules, problem } = convertTcpRoute(route.spec, origin);
      return { ...NO_RULES, tcp: rules, problem };
    }
    case 'TLSRoute': {
      const { rules, problem } = convertTlsRoute(route.spec, origin);
      return { ...NO_RULES, tls: rules, problem };
    }
    default:
      return unreachable(route);
  }
}

const asHttp = ({ rules, problem }: Converted<ConvertedRule>): Pick<ConvertedRules, 'http' | 'problem'> => ({
  http: rules,
  problem,
});

function attachedListener({ to, parent }: RouteAttachment): readonly AttachedListener[] {
  if (to.kind !== 'Gateway' && to.kind !== 'ListenerSet') return [];
  return [{ kind: to.kind, namespace: to.namespace, name: to.name, section: parent.section }];
}

/** Hosts of the service that a route inside the mesh is about. */
function meshHosts({ to: { kind, namespace, name } }: RouteAttachment, lookup: RouteLookup): readonly HostName[] {
  if (kind === 'ServiceEntry') return lookup.serviceEntryHosts(namespace, name) ?? [];
  return [serviceHost(name, namespace, lookup.domainSuffix)];
}

const isOfConsumer = ({ metadata }: RouteResource, { parent, to }: RouteAttachment): boolean =>
  parent.gateway === MESH_GATEWAY && to.namespace !== metadata.namespace;

interface Making {
  readonly rules: ConvertedRules;
  readonly lookup: RouteLookup;
}

/** GA-14, GA-23: for a gateway the route's hosts, inside the mesh those of the service, in the name of the route's namespace. */
function httpParts(route: RouteResource, attachment: RouteAttachment, { rules, lookup }: Making): readonly HttpPart[] {
  if (rules.http.length === 0 || (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute')) return [];
  const { parent, ref } = attachment;
  if (parent.gateway === MESH_GATEWAY) {
    const place = ref.port === undefined ? route.metadata.namespace : `${route.metadata.namespace}/${ref.port}`;
    const ofPort = ref.port === undefined ? rules.http : rules.http.map((rule) => onPort(rule, ref.port ?? 0));
    return meshHosts(attachment, lookup).map((host) => ({
      ...{ key: `${place}/${host}`, route, gateway: MESH_GATEWAY, host, rules: ofPort },
      isOfConsumer: isOfConsumer(route, attachment),
    }));
  }
  return hostsOrAll(route.spec.hostnames)
    .filter((host) => isOwnHost(host, attachment))
    .map((host) => ({
      ...{ key: `${parent.gateway}/${host}`, route, gateway: parent.gateway, host, rules: rules.http },
      isOfConsumer: false,
    }));
}

const hostsOrAll = (hostnames: readonly HostName[] = []): readonly HostName[] =>
  hostnames.length === 0 ? ['*'] : hostnames;

/** GA-23: the same rule for one port of a service alone. */
function onPort({ path, route }: ConvertedRule, port: number): ConvertedRule {
  const { match = [{}] } = route;
  return { path, route: { ...route, match: match.map((each) => ({ ...each, port })) } };
}

interface MakingConnections {
  readonly rulesOf: (attachment: RouteAttachment) => ConvertedRules;
  readonly lookup: RouteLookup;
}

function connectionParts(
  route: RouteResource,
  taken: readonly RouteAttachment[],
  { rulesOf, lookup }: MakingConnections,
): readonly ConnectionPart[] {
  if (route.kind !== 'TCPRoute' && route.kind !== 'TLSRoute') return [];
  const word = route.kind === 'TCPRoute' ? 'tcp' : 'tls';
  return taken
    .flatMap((attachment) => {
      const at = { gateway: attachment.parent.gateway, isOfConsumer: isOfConsumer(route, attachment) };
      return placesOf(route, attachment, { rules: rulesOf(attachment), lookup }).map((place) => ({ ...at, ...place }));
    })
    .filter(({ tcp, tls }) => tcp.length + tls.length > 0)
    .map((place, at) => ({ name: `${route.metadata.name}~${word}~${at}`, route, ...place }));
}

type Place = Pick<ConnectionPart, 'host' | 'tcp' | 'tls'>;

function placesOf(route: RouteResource, attachment: RouteAttachment, { rules, lookup }: Making): readonly Place[] {
  const { parent, ref } = attachment;
  const { tcp, tls } = rules;
  if (parent.gateway === MESH_GATEWAY) {
    const hosts = meshHosts(attachment, lookup);
    const port = ref.port === undefined ? {} : { port: ref.port };
    const tcpThere =
      ref.port === undefined ? tcp : tcp.map((rule) => ({ ...rule, route: { ...rule.route, match: [port] } }));
    return hosts.map((host) => ({
      host,
      tcp: tcpThere,
      tls: tls.map((rule) => meshTlsRule(rule, { host, hosts, port })),
    }));
  }
  if (route.kind !== 'TLSRoute') return [{ host: '*', tcp, tls }];
  const hosts = hostsOrAll(route.spec.hostnames);
  const served = parent.hostname === '' ? hosts : intersectHosts(hosts, [parent.hostname]);
  return served
    .filter((host) => isOwnHost(host, attachment))
    .map((host) => ({
      host,
      tcp,
      tls: tls.map(({ path, route: { route: ends } }) => ({ path, route: tlsTo(host, ends) })),
    }));
}

const tlsTo = (host: HostName, route: TlsRoute['route']): TlsRoute => ({
  match: [{ sniHosts: [host] }],
  ...(route && { route }),
});

interface MeshHost {
  readonly host: HostName;
  readonly hosts: readonly HostName[];
  readonly port: { readonly port?: number };
}

/** GA-23: the names that clients ask a service for are the route's, or its own where the route names none. */
function meshTlsRule(
  { path, route }: ConnectionRuleOf<TlsRoute>,
  { host, hosts, port }: MeshHost,
): ConnectionRuleOf<TlsRoute> {
  const named = route.match?.[0]?.sniHosts ?? ['*'];
  const sniHosts = named.length === 1 && named[0] === '*' ? hosts : named;
  const fitting = sniHosts.length > 1 ? sniHosts.filter((name) => intersectHosts([name], [host]).length > 0) : sniHosts;
  return { path, route: { ...route, match: [{ sniHosts: fitting, ...port }] } };
}
