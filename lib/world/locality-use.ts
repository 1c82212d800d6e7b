import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Service } from '../model/service.ts';
import type { PolicyBlocks, TrafficPolicy } from '../model/traffic-policy.ts';
import { policyLevels } from '../model/policy-levels.ts';

/** Everything in a world that may look at where a proxy runs. */
export interface LocalityReaders {
  readonly mesh: MeshSettings;
  readonly trafficPolicies: readonly TrafficPolicy[];
  readonly services: readonly Service[];
}

/**
 * Whether any load balancing looks at a proxy's locality: weights per locality, zone-aware routing, or failover, which needs
 * outlier detection (LB-2). Where none does, equal tasks in several zones share one view (VIEW-1).
 */
export function usesLocality({ mesh, trafficPolicies, services }: LocalityReaders): boolean {
  const ofMesh = (mesh.localityLb?.distribute.length ?? 0) > 0 || mesh.zoneAwareLb !== undefined;
  if (ofMesh || looksAtLocality(mesh.defaultPolicy)) return true;
  if (services.some(({ trafficDistribution }) => trafficDistribution !== undefined)) return true;
  return trafficPolicies.some((policy) => policyLevels(policy).some(looksAtLocality));
}

function looksAtLocality({ outlier, lb }: PolicyBlocks): boolean {
  if (outlier !== undefined || lb?.zoneAware !== undefined) return true;
  return lb?.locality !== undefined && lb.locality !== 'off' && lb.locality.distribute.length > 0;
}
