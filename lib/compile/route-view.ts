import type { StageMemory } from '../base/stage-memory.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Service } from '../model/service.ts';
import type { ProxyView, ViewFacts, VisibleService } from '../view/proxy-view.ts';
import { hasHashKey } from './hash-key.ts';
import type { RoutedService } from './route-attachment.ts';
import type { DomainFacts } from './service-domains.ts';

/** As much of a view as the route configurations of a sidecar may look at. */
export interface RouteView {
  readonly facts: RouteFacts;
  readonly mesh: MeshSettings;
  readonly services: readonly OfferedService[];
  readonly routeTables: readonly RouteTable[];
}

export interface RouteFacts extends DomainFacts, Pick<ViewFacts, 'namespace' | 'selectedLabels' | 'profile'> {}

/** A service that requests may be for, and may be led to. */
export interface OfferedService extends RoutedService, Pick<VisibleService, 'aliases'> {
  readonly service: Service;
}

/** The whole of a view that its routes may look at: no endpoints, and no policy that does not hash. */
export function routeView({ facts, mesh, services, routeTables }: ProxyView, memory: StageMemory): RouteView {
  const { namespace, selectedLabels, profile, dnsDomain, ipFamily } = facts;
  return {
    facts: memory.same({ namespace, selectedLabels, profile, dnsDomain, ipFamily }),
    mesh,
    services: services.map((visible) => memory.derived('offered service', visible, offeredService)),
    routeTables,
  };
}

const offeredService = ({ service, aliases, policy }: VisibleService): OfferedService => ({
  service,
  aliases,
  policy: hasHashKey(policy) ? policy : undefined,
});
