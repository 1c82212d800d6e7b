import type { StageMemory } from '../base/stage-memory.ts';
import { type AuthorizationFilters, authorizationFilters } from './authorization.ts';
import { originatingClusters } from './originating-clusters.ts';
import { passesOn } from './passed-on.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { ServerModes } from '../model/mutual-tls.ts';
import { isHttp } from '../model/protocol.ts';
import type { JwtRule } from '../model/request-authentication.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Endpoint, Service } from '../model/service.ts';
import type { EgressPlace } from '../model/sidecar.ts';
import type { ConnectionPool, LoadBalancing, PolicyBlocks, TrafficPolicy, Tunnel } from '../model/traffic-policy.ts';
import type { OwnInstance, ProxyView, ViewFacts, VisibleService } from '../view/proxy-view.ts';
import type { SidecarScope } from '../view/sidecar-scope.ts';

/** As much of a view as listeners may look at. What is not in it cannot make a listener of ours change. */
export interface ListenerView {
  readonly facts: ListenerFacts;
  readonly mesh: MeshSettings;
  readonly services: readonly ListenedService[];
  readonly instances: readonly OwnInstance[];
  readonly mutualTls: ServerModes;
  readonly scope: ListenerScope;
  /** Rules for the tokens of requests to the proxy, in the order in which they were found. */
  readonly requestAuthentication: readonly JwtRule[];
  /** What becomes of requests and connections to the proxy's workload. */
  readonly authorization: AuthorizationFilters;
}

export interface ListenerScope extends Pick<SidecarScope, 'sidecar' | 'ingress' | 'outboundPolicy'> {
  readonly egress: readonly ListenedEgress[];
}

export interface ListenedEgress extends EgressPlace {
  readonly services: readonly ListenedService[];
  /** Those with rules for connections are enough. */
  readonly routeTables: readonly RouteTable[];
}

export type ListenerFacts = Pick<
  ViewFacts,
  | 'type'
  | 'profile'
  | 'identityDirectory'
  | 'namespace'
  | 'selectedLabels'
  | 'ipFamily'
  | 'dnsDomain'
  | 'interception'
  | 'httpProxyPort'
  | 'acceptsHttp10'
  | 'isUnprivileged'
  | 'reservedPorts'
  | 'idleTimeout'
  | 'balancesInbound'
  | 'balancesOutbound'
  | 'topology'
  | 'connections'
  | 'tracedAs'
  | 'ownAddress'
>;

export interface ListenedService extends Pick<VisibleService, 'aliases'> {
  readonly service: Service;
  readonly endpoints: readonly Pick<Endpoint, 'portName' | 'address'>[];
  readonly policy: ConnectionPolicy | undefined;
}

/** What a traffic policy says about connections, as far as it stands in a listener (TR-9). */
export interface ConnectionPolicy {
  readonly blocks: ConnectionBlocks;
  readonly subsets: readonly { readonly name: string; readonly blocks: Omit<ConnectionBlocks, 'pool'> }[];
  /** Clusters to which TLS is spoken that is not the mesh's; absent where there are none. */
  readonly originating?: readonly string[];
}

export interface ConnectionBlocks {
  readonly pool?: Pick<ConnectionPool, 'tcpIdleTimeout' | 'maxConnectionDuration'>;
  readonly lb?: Pick<LoadBalancing, 'algorithm'>;
  readonly tunnel?: Tunnel;
}

const listenerFacts = (facts: ViewFacts): ListenerFacts => ({
  type: facts.type,
  profile: facts.profile,
  identityDirectory: facts.identityDirectory,
  namespace: facts.namespace,
  selectedLabels: facts.selectedLabels,
  ipFamily: facts.ipFamily,
  dnsDomain: facts.dnsDomain,
  interception: facts.interception,
  httpProxyPort: facts.httpProxyPort,
  acceptsHttp10: facts.acceptsHttp10,
  isUnprivileged: facts.isUnprivileged,
  reservedPorts: facts.reservedPorts,
  idleTimeout: facts.idleTimeout,
  balancesInbound: facts.balancesInbound,
  balancesOutbound: facts.balancesOutbound,
  topology: facts.topology,
  connections: facts.connections,
  tracedAs: facts.tracedAs,
  ownAddress: facts.ownAddress,
});

/** A service without what its listeners do not look at: most policies and, unless it has no address of its own, its endpoints. */
const listenedService = (visible: VisibleService): ListenedService => asListened(visible, false);
const passedOnService = (visible: VisibleService): ListenedService => asListened(visible, true);

function asListened(
  { service, endpoints, aliases, policy }: VisibleService,
  hasNamedSubsets: boolean,
): ListenedService {
  const hasConnections = service.ports.some(({ protocol }) => !isHttp(protocol));
  const isMetAtEndpoints = service.resolution === 'headless' || service.resolution === 'passthrough'; // LS-17
  return {
    service,
    aliases,
    endpoints: hasConnections && isMetAtEndpoints ? endpoints : NO_ENDPOINTS,
    policy: policy && connectionPolicy(policy, { hasNamedSubsets, originating: originatingClusters(service, policy) }),
  };
}

const NO_ENDPOINTS: readonly Endpoint[] = [];

const hasConnectionRules = ({ tcp, tls }: RouteTable): boolean => tcp.length > 0 || tls.length > 0;

/** `undefined` where the policy says nothing that a listener would repeat; names of subsets are such where connections are handed on to them. */
function connectionPolicy(
  { blocks, subsets }: TrafficPolicy,
  { hasNamedSubsets, originating }: { readonly hasNamedSubsets: boolean; readonly originating: readonly string[] },
): ConnectionPolicy | undefined {
  const { pool } = blocks;
  const hasTimes = pool?.tcpIdleTimeout !== undefined || pool?.maxConnectionDuration !== undefined;
  const levels = [blocks, ...subsets.map((subset) => subset.blocks)];
  const isRepeated = levels.some(({ lb, tunnel }) => looksAtSource(lb) || tunnel !== undefined);
  const isSilent = !hasTimes && !isRepeated && originating.length === 0;
  if (isSilent && !(hasNamedSubsets && subsets.length > 0)) return undefined;
  return {
    blocks: { ...(pool && { pool: timesOf(pool) }), ...balancing(blocks) },
    subsets: subsets.map((subset) => ({ name: subset.name, blocks: balancing(subset.blocks) })),
    ...(originating.length > 0 && { originating }),
  };
}

const timesOf = ({ tcpIdleTimeout, maxConnectionDuration }: ConnectionPool): NonNullable<ConnectionBlocks['pool']> => ({
  ...(tcpIdleTimeout !== undefined && { tcpIdleTimeout }),
  ...(maxConnectionDuration !== undefined && { maxConnectionDuration }),
});

const balancing = ({ lb, tunnel }: Pick<PolicyBlocks, 'lb' | 'tunnel'>): Omit<ConnectionBlocks, 'pool'> => ({
  ...(lb && { lb: lb.algorithm === undefined ? {} : { algorithm: lb.algorithm } }),
  ...(tunnel && { tunnel }),
});

function looksAtSource(lb: LoadBalancing | undefined): boolean {
  const algorithm = lb?.algorithm;
  return algorithm !== undefined && 'key' in algorithm && algorithm.key?.on === 'source-ip';
}

/** The whole of a view that its listeners may look at. */
export function listenerView(
  { facts, mesh, services, instances, mutualTls, scope, gateway, requestAuthentication, authorization }: ProxyView,
  memory: StageMemory,
): ListenerView {
  const listened = passesOn(gateway)
    ? (visible: VisibleService): ListenedService => memory.derived('passed-on service', visible, passedOnService)
    : (visible: VisibleService): ListenedService => memory.derived('listened service', visible, listenedService);
  const all = services.map(listened);
  const { sidecar, ingress, outboundPolicy } = scope;
  const egress = scope.egress.map(({ port, bind, capture, services: imported, routeTables }) => ({
    port,
    bind,
    capture,
    services: imported === services ? all : imported.map(listened),
    routeTables: routeTables.filter(hasConnectionRules),
  }));
  return {
    facts: memory.same(listenerFacts(facts)),
    mesh,
    services: all,
    instances,
    mutualTls: memory.same(mutualTls),
    authorization: memory.derived('authorization filters', authorization, authorizationFilters),
    scope: { sidecar: ingress.length > 0 ? sidecar : undefined, ingress, outboundPolicy, egress },
    requestAuthentication: memory.same(requestAuthentication),
  };
}
