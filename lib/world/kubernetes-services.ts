import { serviceHost, type HostName } from '../base/host-name.ts';
import { isHttp, isTcp, parseProtocol, type Protocol } from '../model/protocol.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Endpoint, Service } from '../model/service.ts';
import { resolveExportTo, type Visibility } from '../model/visibility.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import type { ServicePort as WrittenPort } from '../resources/service.ts';
import type { ReadContext, ReadService, ServedPlaces } from './read-service.ts';
import { readTrafficDistribution } from './traffic-distribution.ts';
import { endpointOf, type Workload } from './workload.ts';

const EXPORT_TO = 'networking.istio.io/exportTo';

/** Ports whose server speaks first or never in HTTP; without a declared protocol they are opaque rather than sniffed. */
const WELL_KNOWN_TCP: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

const STANDARD_APP_PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};

/** What serves a Service beside its own words. */
export interface Serving {
  /** WorkloadEntries that its selector selects. */
  readonly selected: readonly Workload[];
  /** From its EndpointSlices. */
  readonly sliced: readonly Endpoint[];
}

/** A Service with its instances, those of EndpointSlices first. `undefined` for a mere alias. */
export function readKubernetesService(
  resource: Resource<'Service'>,
  { selected, sliced }: Serving,
  { mesh, recall, namespace }: ReadContext,
): ReadService | undefined {
  if (resource.spec.type === 'ExternalName') return undefined;
  const key = keyOf(resource);
  const service = recall.value(`services of ${key}`, [resource, mesh, namespace], () =>
    serviceOf(resource, { mesh, namespace }),
  );
  const places = recall.value(`places of ${key}`, [resource, mesh, sliced, ...selected], () =>
    placesOf(resource, { selected, sliced }, mesh),
  );
  const wantsAddress = service.resolution === 'static' && service.addresses.length === 0;
  return { service, ...places, ...(wantsAddress && { givenAddresses: [] }) };
}

function placesOf({ spec }: Resource<'Service'>, { selected, sliced }: Serving, mesh: MeshSettings): ServedPlaces {
  const served = selected.filter(({ isForDnsOnly }) => !isForDnsOnly);
  const known = spec.publishNotReadyAddresses === true ? sliced.map(ready) : sliced;
  const inSlices = new Set(known.map(placeOf));
  const own = served
    .flatMap((workload) => endpointsOf(workload, spec.ports ?? [], mesh))
    .filter((endpoint) => !inSlices.has(placeOf(endpoint))); // SE-14: one instance that is written in two ways
  const accounts = served.map(({ account }) => account).filter((account) => account !== '');
  return { endpoints: [...known, ...own], accounts };
}

const placeOf = ({ address, portName }: Endpoint): string => `${address} ${portName}`;

/** SR-18: a service that wants its unready instances to be found calls them healthy. */
const ready = (endpoint: Endpoint): Endpoint =>
  endpoint.health === 'unhealthy' ? { ...endpoint, health: 'healthy' } : endpoint;

export const kubernetesHost = ({ metadata }: Resource<'Service'>, { domainSuffix }: MeshSettings): HostName =>
  serviceHost(metadata.name, metadata.namespace, domainSuffix).toLowerCase();

/** Services have no `exportTo` of their own; an annotation carries it. */
export function kubernetesVisibility({ metadata }: Resource<'Service'>, { defaultExportTo }: MeshSettings): Visibility {
  const exportTo = metadata.annotations?.[EXPORT_TO]?.split(',').map((value) => value.trim());
  return resolveExportTo(exportTo, metadata.namespace, defaultExportTo.services);
}

function serviceOf(
  resource: Resource<'Service'>,
  { mesh, namespace: around }: Pick<ReadContext, 'mesh' | 'namespace'>,
): Service {
  const { metadata, spec } = resource;
  const { name, namespace, annotations, labels = {} } = metadata;
  const distribution = readTrafficDistribution(spec.trafficDistribution, annotations, around);
  return {
    source: keyOf(resource),
    hostname: kubernetesHost(resource, mesh),
    namespace,
    name,
    registry: 'kubernetes',
    createdAt: metadata.creationTimestamp ?? '',
    resolution: spec.clusterIP === 'None' ? 'headless' : 'static', // SR-2
    addresses: addressesOf(spec.clusterIPs ?? [], spec.clusterIP ?? ''),
    ports: (spec.ports ?? []).map((port) => ({
      name: port.name ?? '',
      number: port.port ?? 0,
      protocol: protocolOf(port),
    })),
    isMeshExternal: false,
    visibility: kubernetesVisibility(resource, mesh),
    labels,
    accounts: [],
    ...(distribution && { trafficDistribution: distribution }),
  };
}

function addressesOf(clusterIps: readonly string[], clusterIp: string): readonly string[] {
  const all = clusterIps.length > 0 ? clusterIps : [clusterIp];
  return all.filter((address) => address !== '' && address !== 'None');
}

/** What a Service's port speaks: the declared application protocol, else what its name begins with (HN-11). */
function protocolOf({ protocol, appProtocol, name = '', port = 0 }: WrittenPort): Protocol {
  if (protocol === 'UDP') return 'udp';
  const word = appProtocol ?? name;
  const standard = STANDARD_APP_PROTOCOLS[word];
  if (standard !== undefined) return standard;
  if (/^grpc-web/i.test(word)) return 'grpc-web';
  const parsed = parseProtocol(word.split('-', 1)[0]);
  return !isHttp(parsed) && !isTcp(parsed) && parsed !== 'udp' && WELL_KNOWN_TCP.has(port) ? 'tcp' : parsed;
}

/** A named target port must be among the workload's ports; otherwise that port is not served there. */
function endpointsOf(workload: Workload, ports: readonly WrittenPort[], mesh: MeshSettings): readonly Endpoint[] {
  return ports.flatMap(({ name = '', port = 0, targetPort }) => {
    const named = typeof targetPort === 'string' && targetPort !== '' && !/^\d+$/.test(targetPort);
    const number = named
      ? workload.ports[targetPort]
      : targetPort === undefined
        ? (workload.ports[name] ?? port)
        : Number(targetPort) || port;
    return number === undefined ? [] : [endpointOf(workload, { portName: name, port: number }, mesh.clusterId)];
  });
}
