import type { MeshSettings } from '../model/mesh-settings.ts';
import type { PolicyBlocks, TrafficPolicy } from '../model/traffic-policy.ts';

/**
 * Whether any load balancing looks at where a proxy runs: weights per locality, or failover, which needs outlier detection
 * (LB-2). Where none does, equal tasks in several zones share one view (VIEW-1).
 */
export function usesLocality(mesh: MeshSettings, policies: readonly TrafficPolicy[]): boolean {
  if ((mesh.localityLb?.distribute.length ?? 0) > 0 || looksAtLocality(mesh.defaultPolicy)) return true;
  return policies.some(({ blocks, ports, subsets }) =>
    [{ blocks }, ...ports, ...subsets, ...subsets.flatMap((subset) => subset.ports)].some((level) =>
      looksAtLocality(level.blocks),
    ),
  );
}

function looksAtLocality({ outlier, lb }: PolicyBlocks): boolean {
  if (outlier !== undefined) return true;
  return lb?.locality !== undefined && lb.locality !== 'off' && lb.locality.distribute.length > 0;
}
