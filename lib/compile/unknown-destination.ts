import { BLACK_HOLE_CLUSTER, outboundCluster, PASSTHROUGH_CLUSTER } from '../ir/cluster-name.ts';
import type { OutboundPolicy } from '../model/sidecar.ts';

/** LS-1, RD-14, SC-19: the cluster for what is meant for no known service and is not looked up by its name. */
export function unknownDestination({ mode, egressProxy }: OutboundPolicy): string {
  if (mode === 'registry-only') return BLACK_HOLE_CLUSTER;
  return egressProxy === undefined
    ? PASSTHROUGH_CLUSTER
    : outboundCluster(egressProxy.port, egressProxy.subset, egressProxy.host);
}
