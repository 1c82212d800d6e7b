import { selects } from '../base/labels.ts';
import type { Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import { isVisibleTo } from '../model/visibility.ts';
import { policiesOfHost, type HostPolicies } from '../world/host-policies.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts } from './proxy-view.ts';

/** The policy with which this client calls a service (DR-13 to DR-17). */
export function outboundPolicy(world: World, client: ViewFacts, service: Service): TrafficPolicy | undefined {
  const found = policiesFor(world, client.namespace, service);
  const selected = found.find(
    ({ workloadSelector, namespace }) =>
      workloadSelector !== undefined &&
      namespace === client.namespace &&
      selects(workloadSelector, client.selectedLabels),
  );
  return selected ?? withoutSelector(found);
}

/** The policy of a service that this proxy itself serves; selectors say nothing about servers (DR-17). */
export function inboundPolicy(world: World, server: ViewFacts, service: Service): TrafficPolicy | undefined {
  return withoutSelector(policiesFor(world, server.namespace, service));
}

const withoutSelector = (policies: readonly TrafficPolicy[]): TrafficPolicy | undefined =>
  policies.findLast(({ workloadSelector }) => workloadSelector === undefined);

/**
 * DR-13 to DR-15: the client's namespace, else the service's, else the root namespace. The first level with a match wins
 * whole, even by a wildcard against an exact host further on.
 */
function policiesFor(
  { mesh, trafficPolicies }: World,
  namespace: string,
  { hostname, namespace: owner }: Service,
): readonly TrafficPolicy[] {
  const { local, exported, rootLocal } = trafficPolicies;
  const own = namespace === mesh.rootNamespace ? rootLocal : local.get(namespace);
  const inTable = (table: HostPolicies | undefined): readonly TrafficPolicy[] =>
    table === undefined ? [] : policiesOfHost(table, hostname);
  const offered = (from: string): readonly TrafficPolicy[] =>
    inTable(exported.get(from)).filter(({ visibility }) => isVisibleTo(visibility, namespace));
  const levels = [() => inTable(own), () => offered(owner), () => offered(mesh.rootNamespace)];
  for (const level of levels) {
    const found = level();
    if (found.length > 0) return found;
  }
  return [];
}
