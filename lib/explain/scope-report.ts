import { hostsOverlap, isWildcard, type HostName } from '../base/host-name.ts';
import { unreachable } from '../base/unreachable.ts';
import type { CaptureMode, EgressPlace, IngressListener, ListenerPlace, WorkloadEndpoint } from '../model/sidecar.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { ProxyView, VisibleService } from '../view/proxy-view.ts';
import type { EgressListener, SidecarScope } from '../view/sidecar-scope.ts';

/** What a proxy may call and why, in the words of Sidecar documents; what is not written there is absent. */
export interface ScopeReport {
  readonly namespace: string;
  /** Absent where none decides: all that is in sight is imported then. */
  readonly sidecar?: ResourceKey;
  readonly outboundTrafficPolicy: {
    readonly mode: (typeof MODES)[keyof typeof MODES];
    readonly egressProxy?: { readonly host: HostName; readonly port: number; readonly subset?: string };
  };
  /** All that listeners import and routes lead to. */
  readonly services: readonly ReportedService[];
  /** In the order written; none for a router, which has routes of its Gateways instead. */
  readonly egress: readonly ReportedEgress[];
  /** In the order written; none leaves the ports of the workload's own services. */
  readonly ingress: readonly ReportedIngress[];
}

interface ReportedService {
  readonly resource: ResourceKey;
  readonly namespace: string;
  readonly host: HostName;
  readonly ports: readonly ReportedPort[];
  readonly aliases?: readonly HostName[];
  /** The DestinationRules that apply to calls of it. */
  readonly policies?: readonly ResourceKey[];
}

interface ReportedPort {
  readonly number: number;
  readonly name?: string;
  /** Absent where it is found out by looking. */
  readonly protocol?: string;
}

interface ReportedPlace {
  /** Absent for every port of the services. */
  readonly port?: ReportedPort;
  readonly bind?: string;
  readonly captureMode: (typeof CAPTURES)[CaptureMode];
}

interface ReportedEgress extends ReportedPlace {
  readonly services: readonly {
    readonly namespace: string;
    readonly host: HostName;
    readonly ports: readonly number[];
  }[];
  /** The first one that has something to say about a host is followed. */
  readonly routes: readonly ResourceKey[];
}

interface ReportedIngress extends ReportedPlace {
  /** Absent where connections go on to where they were going. */
  readonly defaultEndpoint?: string;
}

/** SC-28. With a host, what there is of that host alone: the service of that name, or all that a wildcard overlaps (SC-29). */
export function scopeReport({ facts, scope, services }: ProxyView, host: HostName = '*'): ScopeReport {
  const { sidecar, egress, ingress } = scope;
  return {
    namespace: facts.namespace,
    ...(sidecar && { sidecar: sidecar.source }),
    outboundTrafficPolicy: policyOf(scope),
    services: servicesNamed(services, host).map(reportedService),
    egress: egress.map((listener) => reportedEgress(listener, host)),
    ingress: ingress.map(reportedIngress),
  };
}

/** SC-29: of unknown hosts there are none. */
function servicesNamed(services: readonly VisibleService[], host: HostName): readonly VisibleService[] {
  const isMeant = isWildcard(host) ? (name: HostName) => hostsOverlap(name, host) : (name: HostName) => name === host;
  return services.filter(({ service, aliases }) => [service.hostname, ...aliases].some(isMeant));
}

const MODES = {
  'allow-any': 'ALLOW_ANY',
  'look-up': 'ALLOW_ANY_DYNAMIC_DNS',
  'registry-only': 'REGISTRY_ONLY',
} as const satisfies Readonly<Record<SidecarScope['outboundPolicy']['mode'], string>>;

const CAPTURES = { default: 'DEFAULT', redirected: 'IPTABLES', none: 'NONE' } as const satisfies Readonly<
  Record<CaptureMode, string>
>;

function policyOf({ outboundPolicy: { mode, egressProxy } }: SidecarScope): ScopeReport['outboundTrafficPolicy'] {
  if (egressProxy === undefined) return { mode: MODES[mode] };
  const { host, port, subset } = egressProxy;
  return { mode: MODES[mode], egressProxy: { host, port, ...(subset !== '' && { subset }) } };
}

const reportedService = ({ service, aliases, policy }: VisibleService): ReportedService => ({
  resource: service.source,
  namespace: service.namespace,
  host: service.hostname,
  ports: service.ports.map(reportedPort),
  ...(aliases.length > 0 && { aliases }),
  ...(policy !== undefined && policy.from.length > 0 && { policies: policy.from }),
});

const reportedPort = ({ number, name, protocol }: ListenerPlace['port']): ReportedPort => ({
  number,
  ...(name !== '' && { name }),
  ...(protocol !== 'auto' && { protocol: PROTOCOL_NAMES[protocol] ?? protocol.toUpperCase() }),
});

/** Those that are not written as their own name in capitals. */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = { 'http-proxy': 'HTTP_PROXY' };

const placeOf = ({ port, bind, capture }: EgressPlace): ReportedPlace => ({
  ...(port && { port: reportedPort(port) }),
  ...(bind !== '' && { bind }),
  captureMode: CAPTURES[capture],
});

const reportedEgress = (listener: EgressListener, host: HostName): ReportedEgress => ({
  ...placeOf(listener),
  services: servicesNamed(listener.services, host).map(({ service: { namespace, hostname, ports } }) => ({
    namespace,
    host: hostname,
    ports: ports.map(({ number }) => number),
  })),
  routes: listener.routeTables
    .filter(({ hosts }) => hosts.some((each) => hostsOverlap(each, host)))
    .map(({ source }) => source),
});

function reportedIngress(listener: IngressListener): ReportedIngress {
  const endpoint = endpointText(listener.endpoint);
  return { ...placeOf(listener), ...(endpoint !== undefined && { defaultEndpoint: endpoint }) };
}

function endpointText(endpoint: WorkloadEndpoint): string | undefined {
  switch (endpoint.at) {
    case 'destination':
      return undefined;
    case 'unreadable':
      return 'unreadable';
    case 'socket':
      return `unix://${endpoint.path}`;
    case 'loopback':
      return `${endpoint.family === 'v6' ? '[::1]' : '127.0.0.1'}:${endpoint.port}`;
    case 'workload':
      return `${endpoint.family === 'v6' ? '[::]' : '0.0.0.0'}:${endpoint.port}`;
    default:
      return unreachable(endpoint);
  }
}
