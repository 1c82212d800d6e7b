import type { Noted } from '../base/issue.ts';
import type { PieceKind } from '../base/stage-memory.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import type { EndpointsIr } from '../ir/endpoints.ts';
import type { ClustersSubject, EndpointsSubject, OwnClustersSubject } from './cluster-subjects.ts';
import { serviceClusters, serviceEndpoints } from './outbound-clusters.ts';
import { ownClusters } from './own-clusters.ts';

/** XC-13: a cluster and its endpoints depend on the documents of the service and on those of its policy. */
const configsOf = ({ service, policy }: Pick<EndpointsSubject, 'service' | 'policy'>): readonly string[] => [
  service.source,
  ...(policy?.from ?? []),
];

export const SERVICE_CLUSTERS: PieceKind<ClustersSubject, Noted<readonly ClusterIr[]>> = {
  name: 'service-clusters',
  type: 'clusters',
  make: serviceClusters,
  configs: configsOf,
};

export const SERVICE_ENDPOINTS: PieceKind<EndpointsSubject, Noted<readonly EndpointsIr[]>> = {
  name: 'service-endpoints',
  type: 'endpoints',
  make: serviceEndpoints,
  configs: configsOf,
};

export const OWN_CLUSTERS: PieceKind<OwnClustersSubject, Noted<readonly ClusterIr[]>> = {
  name: 'own-clusters',
  type: 'clusters',
  make: ownClusters,
  configs: ({ instances }) => instances.flatMap(({ service, policy }) => [service.source, ...(policy?.from ?? [])]),
};
