import type { Issue } from '../../lib/base/issue.ts';
import { noMemory } from '../../lib/base/stage-memory.ts';
import { type ListenerView, listenerView } from '../../lib/compile/listener-view.ts';
import { parseProtocol } from '../../lib/model/protocol.ts';
import type { RouteTable } from '../../lib/model/route-table.ts';
import type { Endpoint, Service, ServicePort } from '../../lib/model/service.ts';
import { resourceKey } from '../../lib/resources/resource.ts';
import type { ProxyView, ViewFacts, VisibleService } from '../../lib/view/proxy-view.ts';
import type { VisibleSecrets } from '../../lib/view/visible-secrets.ts';
import { NO_ADDRESS } from '../../lib/view/sidecar-facts.ts';
import { EVERY_PORT, scopeOf, type SidecarScope } from '../../lib/view/sidecar-scope.ts';
import { meshDefaults } from '../../lib/world/mesh-settings.ts';
import { proxyFacts } from './proxy-facts.ts';

/** Facts of a view for tests: a redirecting IPv4 sidecar in `default` with a stock Envoy, but for what is given. */
export function viewFactsOf(changes: Partial<ViewFacts> = {}): ViewFacts {
  const {
    id: _id,
    ips: _ips,
    labels: _labels,
    workloadNamespace: _namespace,
    meshId: _mesh,
    network: _network,
    istioVersion: _version,
    ...facts
  } = proxyFacts({ type: 'sidecar' });
  const derived = { selectedLabels: {}, hasLabels: false, ipFamily: 'v4', ownPorts: [], tracedAs: undefined } as const;
  return { ...facts, ...derived, serviceAccount: '', sidecar: '', ownAddress: NO_ADDRESS, ...changes };
}

/** A view in which only what matters to a test is written. */
export function proxyView({ routeTables = [], scope, ...changes }: ProxyViewChanges = {}): ProxyView {
  const { mesh = meshDefaults(), services = [] } = changes;
  return {
    instances: [],
    mutualTls: { mode: 'permissive', ports: [], source: undefined },
    gateway: undefined,
    secrets: NO_SECRETS,
    requestAuthentication: [],
    authorization: { policies: [], authorizers: [] },
    ...changes,
    mesh,
    services,
    scope: { ...scopeOf(undefined, mesh), egress: [{ ...EVERY_PORT, services, routeTables }], ...scope },
    facts: viewFactsOf(changes.facts),
  };
}

/** As much of such a view as its listeners look at. */
export const listenedView = (changes: ProxyViewChanges = {}): ListenerView =>
  listenerView(proxyView(changes), noMemory);

const NO_SECRETS: VisibleSecrets = { own: new Map(), verified: new Map(), configMaps: new Map() };

export interface ProxyViewChanges extends Partial<Omit<ProxyView, 'facts' | 'scope'>> {
  readonly facts?: Partial<ViewFacts>;
  /** Of the one listener for every port, with all the services. */
  readonly routeTables?: readonly RouteTable[];
  readonly scope?: Partial<SidecarScope>;
}

/** A ServiceEntry's service called `<name>.example`; resolution DNS, no address and no port unless given. */
export function serviceOf(name: string, changes: Partial<Service> = {}): Service {
  const hostname = changes.hostname ?? `${name}.example`;
  return {
    source: resourceKey('ServiceEntry', 'default', name),
    hostname,
    namespace: 'default',
    name: hostname,
    registry: 'external',
    createdAt: '',
    resolution: 'dns',
    addresses: [],
    ports: [],
    isMeshExternal: false,
    visibility: { to: 'everyone' },
    labels: {},
    accounts: [],
    ...changes,
  };
}

/** `80/http`, `81` (no protocol), `27017/mongo`; the port's name is its text. */
export function portOf(text: string): ServicePort {
  const [number, protocol] = text.split('/');
  return { name: text, number: Number(number), protocol: parseProtocol(protocol) };
}

/** A service that the proxy may reach, with healthy endpoints `address:port` for each of its ports. */
export function visible(service: Service, addresses: readonly string[] = []): VisibleService {
  const endpoints = service.ports.flatMap((port) => addresses.map((address) => endpointOf(address, port)));
  return { service, endpoints, aliases: [], policy: undefined, mutualTls: 'permissive' };
}

function endpointOf(address: string, { name, number }: ServicePort): Endpoint {
  return {
    source: resourceKey('ServiceEntry', 'default', 'endpoints'),
    address,
    port: number,
    portName: name,
    labels: {},
    locality: { region: '', zone: '', subzone: '' },
    network: '',
    clusterId: '',
    weight: 1,
    health: 'healthy',
    tlsMode: 'disabled',
    namespace: 'default',
    workload: '',
  };
}

/** What an issue is about, short enough to stand in a table: `CODE Kind/namespace/name path`. */
export const summary = ({ code, resource, path }: Issue): string => [code, resource, path].join(' ').trim();
