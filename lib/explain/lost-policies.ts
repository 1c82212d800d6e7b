import { bySpecificity, isSubsetOf } from '../base/host-name.ts';
import { printLabels, selects } from '../base/labels.ts';
import type { Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import { isVisibleTo } from '../model/visibility.ts';
import type { ResourceKey } from '../resources/resource.ts';
import { allTrafficPolicies } from '../world/traffic-policies.ts';
import type { Reason } from './explanation.ts';
import { exportedElsewhere } from './exported-elsewhere.ts';
import type { Sight } from './sight.ts';

/** The policies about a service that do not apply to calls of this proxy, and why (DR-13 to DR-17). */
export function lostPolicies(sight: Sight, service: Service, applied: TrafficPolicy | undefined): readonly Reason[] {
  const lost = new Map<ResourceKey, string>();
  for (const policy of allTrafficPolicies(sight.world.trafficPolicies)) {
    if (!isSubsetOf(service.hostname, policy.host)) continue;
    for (const resource of policy.from) {
      if (applied?.from.includes(resource) === true || lost.has(resource)) continue;
      lost.set(resource, whyLost(sight, { service, policy, applied }));
    }
  }
  return [...lost].map(([resource, reason]) => ({ resource, reason }));
}

interface Loser {
  readonly service: Service;
  readonly policy: TrafficPolicy;
  readonly applied: TrafficPolicy | undefined;
}

function whyLost({ world, view: { facts } }: Sight, { service, policy, applied }: Loser): string {
  const { visibility, workloadSelector, namespace } = policy;
  if (!isVisibleTo(visibility, facts.namespace)) return exportedElsewhere(visibility, facts.namespace);
  if (workloadSelector !== undefined) {
    if (namespace !== facts.namespace) return `its workloadSelector selects clients of namespace ${namespace} only`;
    if (!selects(workloadSelector, facts.selectedLabels))
      return `it selects clients with ${printLabels(workloadSelector)} only`;
  }
  if (![facts.namespace, service.namespace, world.mesh.rootNamespace].includes(namespace)) {
    return `rules of namespace ${namespace} apply to its own clients and services only`;
  }
  if (applied === undefined) return 'another rule of its host takes its place';
  const winner = applied.from[0] ?? '';
  if (applied.namespace !== namespace) {
    return `${winner} comes first: the client's namespace, then the service's, then the root namespace`;
  }
  if (bySpecificity(applied.host, policy.host) < 0) return `${winner} names the host more closely`;
  return applied.workloadSelector === undefined
    ? `${winner} comes later: of rules that are exported otherwise the last one counts`
    : `${winner} comes first: rules that select the client, then the oldest`;
}
