import type { StageMemory } from '../base/stage-memory.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Service } from '../model/service.ts';
import type { EgressPlace } from '../model/sidecar.ts';
import type { SidecarScope } from '../view/sidecar-scope.ts';
import type { ProxyView, ViewFacts, VisibleService } from '../view/proxy-view.ts';
import { hasHashKey } from './hash-key.ts';
import type { RoutedService } from './route-attachment.ts';
import type { DomainFacts } from './service-domains.ts';

/** As much of a view as the route configurations of a sidecar may look at. */
export interface RouteView {
  readonly facts: RouteFacts;
  readonly mesh: MeshSettings;
  readonly services: readonly OfferedService[];
  readonly scope: RouteScope;
}

export interface RouteScope extends Pick<SidecarScope, 'outboundPolicy'> {
  readonly egress: readonly RoutedEgress[];
}

/** One egress listener, as far as its routes depend on it. */
export interface RoutedEgress extends Pick<EgressPlace, 'port' | 'bind'> {
  readonly services: readonly OfferedService[];
  readonly routeTables: readonly RouteTable[];
}

export interface RouteFacts extends DomainFacts, Pick<ViewFacts, 'namespace' | 'selectedLabels' | 'profile'> {}

/** A service that requests may be for, and may be led to. */
export interface OfferedService extends RoutedService, Pick<VisibleService, 'aliases'> {
  readonly service: Service;
}

/** The whole of a view that its routes may look at: no endpoints, and no policy that does not hash. */
export function routeView({ facts, mesh, services, scope }: ProxyView, memory: StageMemory): RouteView {
  const { namespace, selectedLabels, profile, dnsDomain, ipFamily } = facts;
  const offered = (visible: VisibleService): OfferedService =>
    memory.derived('offered service', visible, offeredService);
  const all = services.map(offered);
  const egress = scope.egress.map(({ port, bind, services: imported, routeTables }) => ({
    port,
    bind,
    services: imported === services ? all : imported.map(offered),
    routeTables,
  }));
  return {
    facts: memory.same({ namespace, selectedLabels, profile, dnsDomain, ipFamily }),
    mesh,
    services: all,
    scope: { outboundPolicy: scope.outboundPolicy, egress },
  };
}

const offeredService = ({ service, aliases, policy }: VisibleService): OfferedService => ({
  service,
  aliases,
  policy: hasHashKey(policy) ? policy : undefined,
});
