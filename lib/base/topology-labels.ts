import type { Labels } from './labels.ts';
import { parseLocality, type Locality } from './locality.ts';

/** Labels that say where a workload runs, under the names that Istio and Kubernetes give them. */
export const TOPOLOGY_LABELS = {
  region: 'topology.kubernetes.io/region',
  zone: 'topology.kubernetes.io/zone',
  subzone: 'topology.istio.io/subzone',
  cluster: 'topology.istio.io/cluster',
  network: 'topology.istio.io/network',
} as const;

/** Label by which a workload says its locality itself, `region.zone.subzone`. */
const LOCALITY_LABEL = 'istio-locality';

export interface Place {
  readonly locality: Locality;
  readonly clusterId: string;
  readonly network: string;
}

/** PX-4: labels with the workload's place beside them, so that subsets and failover priorities can name it. A written network wins. */
export function withPlace(labels: Labels, { locality, clusterId, network }: Place): Labels {
  const place: Record<string, string> = {};
  const add = (key: string, value: string): void => {
    if (value !== '') place[key] = value;
  };
  add(TOPOLOGY_LABELS.region, locality.region);
  add(TOPOLOGY_LABELS.zone, locality.zone);
  add(TOPOLOGY_LABELS.subzone, locality.subzone);
  add(TOPOLOGY_LABELS.cluster, clusterId);
  if ((labels[TOPOLOGY_LABELS.network] ?? '') === '') add(TOPOLOGY_LABELS.network, network);
  return { ...labels, ...place };
}

/** SE-6, PX-5: the locality that is written, else the one that a label says. */
export function localityOf(written: string, labels: Labels): Locality {
  return parseLocality(written === '' ? (labels[LOCALITY_LABEL] ?? '') : written);
}
