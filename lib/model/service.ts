import type { Brand } from '../base/brand.ts';
import type { HostName } from '../base/host-name.ts';
import type { Labels } from '../base/labels.ts';
import type { Locality } from '../base/locality.ts';
import { TOPOLOGY_LABELS } from '../base/topology-labels.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { Protocol } from './protocol.ts';
import type { Visibility } from './visibility.ts';

/** Identity of a service in the world (SR-1): `namespace/hostname`. */
export type ServiceKey = Brand<string, 'ServiceKey'>;
export const serviceKey = (namespace: string, hostname: HostName): ServiceKey =>
  `${namespace}/${hostname}` as ServiceKey;

/**
 * How clients find the endpoints (SR-1, SE-2):
 * `static` by EDS; `dns` and `dns-round-robin` by the proxy's resolver; `dynamic-dns` likewise, by the name that each
 * request or TLS greeting asks for; `passthrough` wherever the connection was going
 * (resolution NONE); `headless` like passthrough, but with known instances (a Service without a cluster IP).
 */
export type Resolution = 'static' | 'dns' | 'dns-round-robin' | 'dynamic-dns' | 'passthrough' | 'headless';

/** One destination that routes can name, whatever kind of document it came from. */
export interface Service {
  readonly source: ResourceKey;
  readonly hostname: HostName;
  readonly namespace: string;
  /** Short name, for the metadata that Istio's dashboards read; the host name for a ServiceEntry. */
  readonly name: string;
  /** `kubernetes` documents (Service) win over `external` ones (ServiceEntry) of the same name and namespace (SR-4). */
  readonly registry: 'kubernetes' | 'external';
  /** RFC 3339, empty when the document carries none; sorts first then (G-2). */
  readonly createdAt: string;
  readonly resolution: Resolution;
  /** VIPs as written: IP addresses or CIDRs; empty means no address (SR-16). */
  readonly addresses: readonly string[];
  /** Which instances clients are to prefer whatever their policy says (SR-17); absent when any will do. */
  readonly trafficDistribution?: 'same-zone' | 'same-node';
  readonly ports: readonly ServicePort[];
  readonly isMeshExternal: boolean;
  readonly visibility: Visibility;
  readonly labels: Labels;
  /** SPIFFE or DNS names that the service's certificates may carry, sorted. */
  readonly accounts: readonly string[];
}

/** SR-17, LB-12: what clients compare with an instance, in this order, when a service asks them to stay near. */
export const DISTRIBUTION_LABELS: Readonly<Record<NonNullable<Service['trafficDistribution']>, readonly string[]>> = {
  'same-zone': [TOPOLOGY_LABELS.network, TOPOLOGY_LABELS.region, TOPOLOGY_LABELS.zone],
  'same-node': [
    TOPOLOGY_LABELS.network,
    TOPOLOGY_LABELS.region,
    TOPOLOGY_LABELS.zone,
    TOPOLOGY_LABELS.subzone,
    'kubernetes.io/hostname',
  ],
};

export interface ServicePort {
  readonly name: string;
  readonly number: number;
  readonly protocol: Protocol;
  /** Port to connect to instead of `number` where the connection goes to its original destination (SE-3). */
  readonly passthroughPort?: number;
}

/** `unchecked`: nobody said anything about it, which counts as healthy. */
export type EndpointHealth = 'unchecked' | 'healthy' | 'unhealthy' | 'draining' | 'terminating';

/** One place where one port of a service is served. */
export interface Endpoint {
  /** The document that says so. */
  readonly source: ResourceKey;
  /** IP address, host name (DNS resolutions only), or absolute path of a unix socket. */
  readonly address: string;
  /** 0 for a unix socket. */
  readonly port: number;
  readonly portName: string;
  readonly labels: Labels;
  readonly locality: Locality;
  readonly network: string;
  readonly clusterId: string;
  /** At least 1 (SR-20). */
  readonly weight: number;
  readonly health: EndpointHealth;
  /** Whether its proxy speaks the mesh's TLS; `switched-off` where it could, and a policy says that it takes plain text alone. */
  readonly tlsMode: 'istio' | 'disabled' | 'switched-off';
  readonly namespace: string;
  /** Name of the workload, for statistics; may be empty. */
  readonly workload: string;
  /** Its own name within a headless service; absent for most (SE-22). */
  readonly hostname?: string;
}
