import type { Noted } from '../base/issue.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { fixedClusters } from './fixed-clusters.ts';
import { inboundClusters } from './inbound-clusters.ts';
import { serviceClusters } from './outbound-clusters.ts';

/** Every cluster of a view: those of each service, of the proxy's own ports, and the fixed ones. */
export function compileClusters(view: ProxyView): Noted<readonly ClusterIr[]> {
  const outbound = view.services.map((visible) => serviceClusters(visible, view));
  return {
    value: [
      ...outbound.flatMap(({ value }) => value),
      ...inboundClusters(view.instances, view),
      ...fixedClusters(view),
    ],
    issues: outbound.flatMap(({ issues }) => issues),
  };
}
