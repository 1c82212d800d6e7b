import type { Noted } from '../base/issue.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import type { OwnClustersSubject } from './cluster-subjects.ts';
import { fixedClusters } from './fixed-clusters.ts';
import { inboundClusters } from './inbound-clusters.ts';

/** The clusters of the proxy's own ports, and the fixed ones. */
export function ownClusters(subject: OwnClustersSubject): Noted<readonly ClusterIr[]> {
  return { value: [...inboundClusters(subject), ...fixedClusters(subject)], issues: [] };
}
