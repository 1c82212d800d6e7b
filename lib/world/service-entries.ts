import { isWildcard } from '../base/host-name.ts';
import { isIpAddress, parseIpPrefix } from '../base/ip-address.ts';
import { NOWHERE } from '../base/locality.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { parseProtocol } from '../model/protocol.ts';
import type { Endpoint, Resolution, Service, ServicePort } from '../model/service.ts';
import { resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import type { ServiceEntryPort, ServiceEntrySpec } from '../resources/service-entry.ts';
import { NOWHERE_SERVED, type ReadContext, type ReadService, type ServedPlaces } from './read-service.ts';
import { readTrafficDistribution } from './traffic-distribution.ts';
import { capVisibility, labelledNamespace } from './visibility-cap.ts';
import { endpointOf, readWorkload, type Workload } from './workload.ts';

const RESOLUTIONS: Readonly<Record<NonNullable<ServiceEntrySpec['resolution']>, Resolution>> = {
  NONE: 'passthrough',
  STATIC: 'static',
  DNS: 'dns',
  DNS_ROUND_ROBIN: 'dns-round-robin',
  DYNAMIC_DNS: 'dynamic-dns',
};

/**
 * SE-1 to SE-9: the services that one ServiceEntry says, one per host, with the endpoints it gives them. `selected` are the
 * workloads that its selector selects, if it has one.
 */
export function readServiceEntry(
  entry: Resource<'ServiceEntry'>,
  selected: readonly Workload[],
  { mesh, recall, namespace }: ReadContext,
): readonly ReadService[] {
  const key = keyOf(entry);
  const services = recall.value(`services of ${key}`, [entry, mesh, namespace], () =>
    servicesOf(entry, { mesh, namespace }),
  );
  const places = recall.value(`places of ${key}`, [entry, mesh, ...selected], () =>
    services.map(({ service }) => placesOf(entry, service.hostname, { selected, mesh })),
  );
  return services.map((said, index) => ({ ...said, ...(places[index] ?? NOWHERE_SERVED) }));
}

type SaidService = Pick<ReadService, 'service' | 'givenAddresses'>;

/** What an entry is read with that stands in no entry. */
type Around = Pick<ReadContext, 'mesh' | 'namespace'>;

function servicesOf(entry: Resource<'ServiceEntry'>, around: Around): readonly SaidService[] {
  const resolution = resolutionOf(entry);
  const hosts = new Set((entry.spec.hosts ?? []).map((host) => host.toLowerCase()));
  return [...hosts].map((hostname) => {
    const service = serviceOf(entry, { hostname, resolution }, around);
    return wantsAddress(entry, service) ? { service, givenAddresses: givenAddresses(entry, hostname) } : { service };
  });
}

const resolutionOf = ({ spec }: Resource<'ServiceEntry'>): Resolution => RESOLUTIONS[spec.resolution ?? 'NONE'];

function placesOf(
  entry: Resource<'ServiceEntry'>,
  hostname: string,
  { selected, mesh }: { readonly selected: readonly Workload[]; readonly mesh: MeshSettings },
): ServedPlaces {
  const served = servingWorkloads(entry, selected, mesh);
  if (served === undefined) return { endpoints: ownHostEndpoints(entry, hostname, mesh), accounts: [] };
  const accounts = served.map(({ account }) => account).filter((account) => account !== '');
  return { endpoints: endpointsOf(entry.spec, served, mesh), accounts };
}

function serviceOf(
  entry: Resource<'ServiceEntry'>,
  { hostname, resolution }: Pick<Service, 'hostname' | 'resolution'>,
  { mesh, namespace }: Around,
): Service {
  const { metadata, spec } = entry;
  const addresses = [...new Set((spec.addresses ?? []).flatMap(plainAddress))];
  const exported = resolveExportTo(spec.exportTo, metadata.namespace, mesh.defaultExportTo.services);
  const distribution = readTrafficDistribution(undefined, metadata.annotations, namespace);
  return {
    source: keyOf(entry),
    hostname,
    namespace: metadata.namespace,
    name: hostname,
    registry: 'external',
    createdAt: metadata.creationTimestamp ?? '',
    resolution,
    addresses,
    ...(distribution && { trafficDistribution: distribution }),
    ports: (spec.ports ?? []).map((port) => portOf(port, resolution)),
    isMeshExternal: spec.location !== 'MESH_INTERNAL', // SE-2
    visibility: capVisibility(exported, labelledNamespace(metadata.namespace, namespace), mesh.visibilityCaps),
    labels: metadata.labels ?? {},
    accounts: spec.subjectAltNames ?? [],
  };
}

const ENABLE_ALLOCATION = 'networking.istio.io/enable-autoallocate-ip';

/** SE-16: nobody resolves a wildcard to an address, but where each name it covers is looked up by itself. */
function wantsAddress({ metadata }: Resource<'ServiceEntry'>, { hostname, resolution, addresses }: Service): boolean {
  const isUnwanted = metadata.labels?.[ENABLE_ALLOCATION]?.toLowerCase() === 'false';
  if (isUnwanted || addresses.length > 0 || resolution === 'passthrough') return false;
  return !isWildcard(hostname) || resolution === 'dynamic-dns';
}

/** SE-17: addresses that the status carries for a host. */
function givenAddresses({ status }: Resource<'ServiceEntry'>, hostname: string): readonly string[] {
  return allocationsIn(status).flatMap(({ host, value }) =>
    host.toLowerCase() === hostname && isIpAddress(value) ? [value] : [],
  );
}

interface Allocation {
  readonly host: string;
  readonly value: string;
}

/** Nothing has checked a status before: one that has another shape anywhere says nothing. */
function allocationsIn({ addresses }: Readonly<Record<string, unknown>> = {}): readonly Allocation[] {
  return Array.isArray(addresses) && addresses.every(isAllocation) ? addresses : [];
}

function isAllocation(value: unknown): value is Allocation {
  if (typeof value !== 'object' || value === null) return false;
  const { host, value: address } = value as Partial<Record<keyof Allocation, unknown>>;
  return typeof host === 'string' && typeof address === 'string';
}

/** SE-1: a CIDR of one address is that address; what is neither an address nor a CIDR is skipped. */
function plainAddress(written: string): string[] {
  if (isIpAddress(written)) return [written];
  const prefix = parseIpPrefix(written);
  if (prefix === undefined) return [];
  return [prefix.bits === prefix.bytes.length * 8 ? (written.split('/')[0] ?? written) : written];
}

/** SE-3: with NONE there is no endpoint that could carry the target port, so the port itself does. */
function portOf(
  { name = '', number = 0, protocol, targetPort = 0 }: ServiceEntryPort,
  resolution: Resolution,
): ServicePort {
  const port = { name, number, protocol: parseProtocol(protocol) };
  return resolution === 'passthrough' && targetPort > 0 ? { ...port, passthroughPort: targetPort } : port;
}

/** The instances behind an entry; `undefined` when it has none of its own and its host name stands for them (SE-5). */
function servingWorkloads(
  entry: Resource<'ServiceEntry'>,
  selected: readonly Workload[],
  mesh: MeshSettings,
): readonly Workload[] | undefined {
  const { metadata, spec } = entry;
  const resolution = resolutionOf(entry);
  const isDns = resolution === 'dns' || resolution === 'dns-round-robin';
  if (spec.workloadSelector !== undefined) return selected.filter(({ isForDnsOnly }) => isDns || !isForDnsOnly);
  const written = spec.endpoints ?? [];
  if (written.length === 0 && isDns) return undefined;
  return written.map((endpoint, index) =>
    readWorkload(
      endpoint,
      {
        source: keyOf(entry),
        namespace: metadata.namespace,
        name: `${metadata.name}-${index}`,
        labels: endpoint.labels ?? {},
      },
      mesh,
    ),
  );
}

/** SE-6: the workload's own number for the port's name, else the port's target, else the port's number. */
function endpointsOf(spec: ServiceEntrySpec, workloads: readonly Workload[], mesh: MeshSettings): readonly Endpoint[] {
  return workloads.flatMap((workload) =>
    (spec.ports ?? []).map(({ name = '', number = 0, targetPort = 0 }) => {
      const own = workload.ports[name] ?? 0;
      const port = own > 0 ? own : targetPort > 0 ? targetPort : number;
      return endpointOf(workload, { portName: name, port }, mesh.clusterId);
    }),
  );
}

function ownHostEndpoints(entry: Resource<'ServiceEntry'>, hostname: string, mesh: MeshSettings): Endpoint[] {
  const { metadata, spec } = entry;
  return (spec.ports ?? []).map(({ name = '', number = 0, targetPort = 0 }) => ({
    source: keyOf(entry),
    address: hostname,
    port: targetPort > 0 ? targetPort : number,
    portName: name,
    labels: {},
    locality: NOWHERE,
    network: '',
    clusterId: mesh.clusterId,
    weight: 1,
    health: 'unchecked',
    tlsMode: 'disabled',
    namespace: metadata.namespace,
    workload: metadata.name,
  }));
}
