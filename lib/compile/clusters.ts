import type { Noted } from '../base/issue.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { OWN_CLUSTERS, SERVICE_CLUSTERS } from './cluster-pieces.ts';
import { clusterSubjects, ownClustersSubject } from './cluster-subjects.ts';
import { joinedByName } from './joined-pieces.ts';

/** Every cluster of a view, sorted by name: those of each service, of the proxy's own ports, and the fixed ones. */
export function compileClusters(view: ProxyView, memory: StageMemory = noMemory): Noted<readonly ClusterIr[]> {
  const subjects = clusterSubjects(view, memory);
  const pieces = memory.pieces(
    SERVICE_CLUSTERS,
    view.services.map((visible) => subjects.clusters(visible)),
  );
  return joinedByName('clusters', [...pieces, memory.piece(OWN_CLUSTERS, ownClustersSubject(view))], memory);
}
