import type { Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { Resource } from '../resources/resource.ts';

export function readTrafficPolicies(
  _resources: readonly Resource[],
  _mesh: MeshSettings,
): Noted<readonly TrafficPolicy[]> {
  return { value: [], issues: [] };
}
