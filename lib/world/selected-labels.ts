import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { GatewaySource } from './gateways.ts';

/** Everything in a world that may look at a proxy's labels. A new place that does is a new field here. */
export interface LabelReaders {
  readonly mesh: MeshSettings;
  readonly trafficPolicies: readonly TrafficPolicy[];
  readonly gateways: readonly GatewaySource[];
  readonly routeTables: readonly RouteTable[];
}

/** The label keys on which two proxies can differ in what they are given (VIEW-1): all others never split a view. */
export function selectedLabels(readers: LabelReaders): ReadonlySet<string> {
  const keys = new Set<string>();
  const addAll = (labels: object | undefined): void => Object.keys(labels ?? {}).forEach((key) => keys.add(key));
  for (const policy of readers.trafficPolicies) {
    addAll(policy.workloadSelector);
    for (const blocks of [policy, ...policy.ports, ...policy.subsets, ...policy.subsets.flatMap((s) => s.ports)]) {
      const locality = blocks.blocks.lb?.locality;
      if (locality !== undefined && locality !== 'off')
        locality.failoverPriority.forEach((key) => keys.add(labelKey(key)));
    }
  }
  readers.mesh.localityLb?.failoverPriority.forEach((key) => keys.add(labelKey(key)));
  for (const gateway of readers.gateways) addAll(gateway.selector);
  for (const table of readers.routeTables) {
    for (const rule of table.http) for (const match of rule.matches) addAll(match.sourceLabels);
  }
  return keys;
}

/** LB-6: a failover priority is a label key, or `key=value` with a literal in place of the proxy's own value. */
const labelKey = (priority: string): string => priority.split('=', 1)[0] ?? priority;
