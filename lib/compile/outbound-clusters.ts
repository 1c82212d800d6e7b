import type { Issue, Noted } from '../base/issue.ts';
import { outboundCluster, passedOnCluster } from '../ir/cluster-name.ts';
import type { ClusterDiscovery, ClusterIr, HostChoice, UpstreamHttp } from '../ir/cluster.ts';
import type { EndpointsIr } from '../ir/endpoints.ts';
import type { Service, ServicePort } from '../model/service.ts';
import type { PolicyBlocks, Subset, TrafficPolicy } from '../model/traffic-policy.ts';
import { type ClustersSubject, type EndpointsSubject, resolvesNames } from './cluster-subjects.ts';
import { PLAIN_TRANSPORT } from '../ir/upstream-tls.ts';
import { circuitLimits, keepalive, NO_NAMES, upstreamHttp, withNames } from './connection-pool.ts';
import {
  candidatesOf,
  endpointGroups,
  keepsDrainingHosts,
  type Candidate,
  type EndpointChoice,
} from './endpoint-groups.ts';
import { dnsCacheOf, lookupFamily, saysName } from './dns-lookups.ts';
import { hostChoice, outlierDetection } from './host-choice.ts';
import { localityRule, localityUse } from './locality-balancing.ts';
import { takesMeshTls } from './plain-ports.ts';
import { endpointTls, resolvePolicy } from './resolve-policy.ts';
import { statName } from './stat-name.ts';
import { transportIssue, transportOf, type Transport, type TransportOrder } from './upstream-transport.ts';

/** One cluster to build: a port of a service, whole or a subset of it. */
interface ClusterOrder {
  readonly service: Service;
  readonly port: ServicePort;
  readonly subset: Subset | undefined;
  readonly name: string;
  readonly blocks: PolicyBlocks;
  readonly choice: HostChoice;
  /** Whether connections come with TLS of the mesh already, and go on as they are (CL-8). */
  readonly isPassedOn: boolean;
}

/** The clusters of one service (CL-1): one per port that carries TCP, and one more per subset. */
export function serviceClusters(subject: ClustersSubject): Noted<readonly ClusterIr[]> {
  const issues: Issue[] = [];
  const candidates = candidatesOf(subject.endpoints);
  const value = clusterOrders(subject).flatMap((order) => {
    const found = discovery(order, candidates, subject);
    if (found.type === 'dns' && found.groups.length === 0) {
      if (!order.isPassedOn) issues.push(withoutEndpoints(order, 'DNS_CLUSTER_WITHOUT_ENDPOINTS')); // CL-3
      return [];
    }
    const made = cluster(order, found, subject);
    issues.push(...made.issues);
    return [made.value];
  });
  return { value, issues };
}

/** The endpoints of those of a service's clusters that find them by EDS; an empty list is an answer too (EP-2, EP-10). */
export function serviceEndpoints(subject: EndpointsSubject): Noted<readonly EndpointsIr[]> {
  const orders = clusterOrders(subject).filter((order) => discoveryType(order, subject) === 'eds');
  const candidates = orders.length > 0 ? candidatesOf(subject.endpoints) : [];
  const value = orders.map((order) => ({ name: order.name, groups: groupsOf(order, candidates, subject) }));
  const issues = orders
    .filter(({ isPassedOn }, index) => !isPassedOn && value[index]?.groups.length === 0)
    .map((order) => withoutEndpoints(order, 'CLUSTER_WITHOUT_ENDPOINTS'));
  return { value, issues };
}

function clusterOrders({
  service,
  policy,
  mesh,
  isPassedOn: isPassedOnToo,
}: Pick<EndpointsSubject, 'service' | 'policy' | 'mesh' | 'isPassedOn'>): readonly ClusterOrder[] {
  const isDynamic = service.resolution === 'dynamic-dns'; // CL-2: no endpoints, hence no subsets
  const subsets = isDynamic ? [undefined] : [undefined, ...(policy?.subsets ?? [])];
  return service.ports
    .filter(({ protocol }) => (isDynamic ? saysName(protocol) : protocol !== 'udp'))
    .flatMap((port) =>
      subsets.flatMap((subset) => {
        const blocks = resolvePolicy(policy, { subset, port: port.number }, mesh.defaultPolicy);
        const parts = [port.number, subset?.name ?? '', service.hostname] as const;
        const order = { service, port, subset, blocks, choice: hostChoice(blocks.lb) };
        const own = { ...order, name: outboundCluster(...parts), isPassedOn: false };
        return isPassedOnToo ? [own, { ...order, name: passedOnCluster(...parts), isPassedOn: true }] : [own];
      }),
    );
}

function cluster(order: ClusterOrder, found: ClusterDiscovery, subject: ClustersSubject): Noted<ClusterIr> {
  const { port, subset, name, blocks } = order;
  const { service, facts, mesh } = subject;
  const { pool, outlier } = blocks;
  const http = upstreamHttp(
    { protocol: port.protocol, sniffs: facts.type !== 'router', mayUpgrade: true },
    blocks,
    mesh,
  );
  const hasNoChoice = found.type === 'original-destination' || found.type === 'dynamic-dns';
  const travelling = order.isPassedOn ? AS_IT_COMES : transport(order, { found, http }, subject);
  const { names, leavesNamesUnchecked } = travelling.value;
  // Without TLS there is no certificate to check, which Envoy wants to hear once there are HTTP options.
  const isUnchecked = leavesNamesUnchecked || (http !== undefined && !names.areAskedFor);
  return {
    value: {
      name,
      statName: statName(name, mesh.outboundStatName, { service, port, subset: subset?.name ?? '', targetPort: 0 }),
      discovery: found.type === 'dynamic-dns' ? { ...found, leavesNamesUnchecked: isUnchecked } : found,
      connectTimeout: pool?.connectTimeout ?? mesh.connectTimeout,
      choice: hasNoChoice ? { by: 'discovery' } : order.choice,
      localities: localityUse(localityRule(blocks, service, mesh)),
      keepsDrainingHosts: subset === undefined && keepsDrainingHosts(service),
      panicThreshold: found.type === 'dynamic-dns' ? undefined : panicThreshold(service, outlier),
      limits: circuitLimits(pool, blocks.retryBudget),
      outlier: outlier && outlierDetection(outlier),
      http: withNames(http, names),
      keepalive: keepalive(pool, mesh),
      transport: travelling.value.transport,
      sourceAddresses: [],
      metadata: metadataOf(order, found, subject),
      exchangesPeerMetadata: facts.profile === 'istio-proxy',
    },
    issues: travelling.issues,
  };
}

const AS_IT_COMES: Noted<Transport> = {
  value: { transport: PLAIN_TRANSPORT, names: NO_NAMES, leavesNamesUnchecked: false },
  issues: [],
};

function metadataOf(
  { subset, blocks }: ClusterOrder,
  { type }: ClusterDiscovery,
  { service, policy }: ClustersSubject,
): ClusterIr['metadata'] {
  return {
    services: type === 'dynamic-dns' ? [] : [serviceName(service)], // Istio's statistics go by the name that was asked for
    configPath: configPath(policy),
    subset: subset?.name ?? '',
    isExternal: subset === undefined && service.isMeshExternal,
    keepsApplicationProtocols: blocks.tls?.mode === 'simple' || blocks.tls?.mode === 'mutual',
  };
}

function transport(
  { port, subset, blocks }: ClusterOrder,
  { found, http }: { readonly found: ClusterDiscovery; readonly http: UpstreamHttp | undefined },
  subject: ClustersSubject,
): Noted<Transport> {
  const { service, policy, facts, mesh } = subject;
  const isLookedUp = found.type === 'original-destination' || found.type === 'dynamic-dns';
  const order: TransportOrder = {
    service,
    port,
    subset: subset?.name ?? '',
    discovery: isLookedUp ? found.type : 'endpoints',
    protocol: http?.protocol ?? 'http1',
    tls: blocks.tls,
    proxyProtocol: blocks.proxyProtocol,
    isForSelected: policy?.workloadSelector !== undefined,
    meshTlsIsTaken: takesMeshTls(subject, port, subset),
    facts,
    mesh,
  };
  return { value: transportOf(order), issues: transportIssue(order, policy?.from[0]) };
}

/** DR-27: where unhealthy hosts are sent, panic would use them (EP-6), so that only a written threshold allows it. */
function panicThreshold({ trafficDistribution }: Service, outlier: PolicyBlocks['outlier']): number {
  return trafficDistribution === undefined ? (outlier?.minHealthPercent ?? 0) : 0;
}

/** CL-2 */
function discovery(order: ClusterOrder, candidates: readonly Candidate[], subject: ClustersSubject): ClusterDiscovery {
  const { service, facts, mesh } = subject;
  const type = discoveryType(order, subject);
  switch (type) {
    case 'eds':
      return { type };
    case 'original-destination':
      return { type, port: order.port.passthroughPort, keepsHosts: false };
    case 'dynamic-dns':
      return { type, cache: dnsCacheOf(service.hostname, facts), leavesNamesUnchecked: false };
    case 'dns':
      return {
        type,
        mode: service.resolution === 'dns' ? 'strict' : 'logical',
        family: lookupFamily(facts),
        refresh: mesh.dnsRefresh,
        groups: groupsOf(order, candidates, subject),
      };
  }
}

/** Routers get no connection with a destination of its own, so they need endpoints where a sidecar passes through. */
function discoveryType(
  { service, choice }: ClusterOrder,
  { facts }: Pick<EndpointsSubject, 'facts'>,
): 'eds' | 'dns' | 'dynamic-dns' | 'original-destination' {
  if (service.resolution === 'dynamic-dns') return 'dynamic-dns';
  if (choice.by === 'discovery') return 'original-destination'; // LB-14
  switch (service.resolution) {
    case 'static':
      return 'eds';
    case 'dns':
    case 'dns-round-robin':
      return 'dns';
    case 'passthrough':
    case 'headless':
      return facts.type === 'router' ? 'eds' : 'original-destination';
  }
}

function groupsOf(
  { service, port, subset, blocks, isPassedOn }: ClusterOrder,
  candidates: readonly Candidate[],
  { policy, facts, place, mesh }: Pick<EndpointsSubject, 'policy' | 'facts' | 'place' | 'mesh'>,
): EndpointsIr['groups'] {
  const tls = endpointTls(policy, { subset, port: port.number });
  const mayBeMeshTls = tls === undefined || tls.mode === 'istio-mutual';
  const choice: EndpointChoice = {
    service,
    port,
    subsetLabels: subset?.labels ?? {},
    blocks,
    resolvesNames: resolvesNames(service),
    marksMeshTls: facts.speaksMeshTls && mayBeMeshTls, // MTLS-9
    asksForMeshTls: tls?.mode === 'istio-mutual',
    takes: !isPassedOn ? 'all' : mayBeMeshTls ? 'mesh-tls' : 'none', // EP-14
  };
  return endpointGroups(candidates, choice, { place, mesh });
}

export const serviceName = ({ hostname, name, namespace }: Service): ClusterIr['metadata']['services'][number] => ({
  host: hostname,
  name,
  namespace,
});

/** Path of the DestinationRule that shaped a cluster, as Istio's metadata writes it: the first one that contributed. */
export function configPath(policy: TrafficPolicy | undefined): string {
  const written = policy?.from.find((resource) => resource.startsWith('DestinationRule/'));
  const [, namespace, name] = written?.split('/') ?? [];
  if (namespace === undefined || name === undefined) return '';
  return `/apis/networking.istio.io/v1/namespaces/${namespace}/destination-rule/${name}`;
}

const withoutEndpoints = ({ service, name }: ClusterOrder, code: string): Issue => ({
  severity: 'warning',
  code,
  resource: service.source,
  path: '',
  subject: name,
  message: `cluster ${name} has no endpoints; add one, or correct the labels by which they are selected`,
});
