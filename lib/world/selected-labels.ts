import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import { DISTRIBUTION_LABELS, type Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { GatewaySource } from './gateways.ts';
import { policyLevels } from './policy-levels.ts';

/** Everything in a world that may look at a proxy's labels. A new place that does is a new field here. */
export interface LabelReaders {
  readonly mesh: MeshSettings;
  readonly trafficPolicies: readonly TrafficPolicy[];
  readonly gateways: readonly GatewaySource[];
  readonly routeTables: readonly RouteTable[];
  readonly services: readonly Service[];
}

/** The label keys on which two proxies can differ in what they are given (VIEW-1): all others never split a view. */
export function selectedLabels(readers: LabelReaders): ReadonlySet<string> {
  const keys = new Set<string>();
  const addAll = (labels: object | undefined): void => Object.keys(labels ?? {}).forEach((key) => keys.add(key));
  const addPriorities = (setting: { readonly failoverPriority: readonly string[] } | 'off' | undefined): void => {
    if (setting !== undefined && setting !== 'off') setting.failoverPriority.forEach((key) => keys.add(labelKey(key)));
  };
  for (const policy of readers.trafficPolicies) {
    addAll(policy.workloadSelector);
    for (const { lb } of policyLevels(policy)) [lb?.locality, lb?.zoneAware].forEach(addPriorities);
  }
  [readers.mesh.localityLb, readers.mesh.zoneAwareLb].forEach(addPriorities);
  for (const { trafficDistribution } of readers.services) {
    if (trafficDistribution !== undefined) DISTRIBUTION_LABELS[trafficDistribution].forEach((key) => keys.add(key));
  }
  for (const gateway of readers.gateways) addAll(gateway.selector);
  for (const table of readers.routeTables) {
    for (const rule of [...table.http, ...table.tcp, ...table.tls]) {
      for (const match of rule.matches) addAll(match.sourceLabels);
    }
  }
  return keys;
}

/** LB-6: a failover priority is a label key, or `key=value` with a literal in place of the proxy's own value. */
const labelKey = (priority: string): string => priority.split('=', 1)[0] ?? priority;
