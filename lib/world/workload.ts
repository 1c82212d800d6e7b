import type { Labels } from '../base/labels.ts';
import type { Locality } from '../base/locality.ts';
import { isIpAddress } from '../base/ip-address.ts';
import { localityOf, withPlace } from '../base/topology-labels.ts';
import { isUnixSocket, socketPath } from '../base/unix-socket.ts';
import type { Endpoint, EndpointHealth } from '../model/service.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { WorkloadEntrySpec } from '../resources/workload-entry.ts';

/** One running instance, before it is known which ports of which services it serves. */
export interface Workload {
  readonly source: ResourceKey;
  readonly namespace: string;
  readonly name: string;
  /** IP address, host name, `unix:///path` without its scheme, or empty when only its network is known. */
  readonly address: string;
  readonly isUnixSocket: boolean;
  /** SE-8: a host name or a socket means something to DNS services alone. */
  readonly isForDnsOnly: boolean;
  /** Own port numbers by the service's port name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Labels;
  readonly locality: Locality;
  readonly network: string;
  readonly weight: number;
  /** SPIFFE name, empty for none. */
  readonly account: string;
  readonly tlsMode: Endpoint['tlsMode'];
  readonly health: EndpointHealth;
}

/** Whose workload it is; `labels` are those of the spec and of the metadata together. */
export interface WorkloadOwner {
  /** The document that it stands in. */
  readonly source: ResourceKey;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}

const TLS_MODE_LABEL = 'security.istio.io/tlsMode';

/** SE-6: an instance as a WorkloadEntry or an endpoint inside a ServiceEntry says it. */
export function readWorkload(spec: WorkloadEntrySpec, owner: WorkloadOwner, mesh: MeshSettings): Workload {
  const { labels } = owner;
  const written = spec.address ?? '';
  const isSocket = isUnixSocket(written);
  const locality = localityOf(spec.locality ?? '', labels);
  const network = spec.network ?? '';
  const account = spec.serviceAccount ?? '';
  return {
    source: owner.source,
    namespace: owner.namespace,
    name: owner.name,
    address: isSocket ? socketPath(written) : written,
    isUnixSocket: isSocket,
    isForDnsOnly: isSocket || (written !== '' && !isIpAddress(written)),
    ports: spec.ports ?? {},
    labels: withPlace(labels, { locality, network, clusterId: mesh.clusterId }),
    locality,
    network,
    weight: Math.max(spec.weight ?? 1, 1), // SR-20
    account: account === '' ? '' : `spiffe://${mesh.trustDomain}/ns/${owner.namespace}/sa/${account}`,
    tlsMode: (labels[TLS_MODE_LABEL] ?? (account === '' ? 'disabled' : 'istio')) === 'istio' ? 'istio' : 'disabled',
    health: 'unchecked',
  };
}

/** The same instance as the place where one port of a service is served. */
export function endpointOf(
  workload: Workload,
  { portName, port }: Pick<Endpoint, 'portName' | 'port'>,
  clusterId: string,
): Endpoint {
  return {
    source: workload.source,
    address: workload.address,
    port: workload.isUnixSocket ? 0 : port,
    portName,
    labels: workload.labels,
    locality: workload.locality,
    network: workload.network,
    clusterId,
    weight: workload.weight,
    health: workload.health,
    tlsMode: workload.tlsMode,
    namespace: workload.namespace,
    workload: workload.name,
  };
}
