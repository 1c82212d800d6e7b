import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { EgressPlace, IngressListener, OutboundPolicy, SidecarSource } from '../model/sidecar.ts';
import type { ConnectionPool } from '../model/traffic-policy.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { VisibleService } from './visible-service.ts';

/** What one Sidecar, or the lack of one, lets a proxy call and says about where it listens. */
export interface SidecarScope {
  /** The Sidecar that decides; `undefined` where none does (SC-3). */
  readonly sidecar: ScopeOwner | undefined;
  /** In the order written; empty for a router. */
  readonly egress: readonly EgressListener[];
  /** In place of the ports of the workload's own services, if there is any (SC-20). */
  readonly ingress: readonly IngressListener[];
  /** SC-22 */
  readonly inboundPool: ConnectionPool | undefined;
  /** SC-19 */
  readonly outboundPolicy: OutboundPolicy;
}

export interface ScopeOwner {
  readonly source: ResourceKey;
  readonly name: string;
}

/** What one egress listener imports, as the proxy sees it. */
export interface EgressListener extends EgressPlace {
  /** With the ports that the listener means, in SR-6's order; at most one per host name. */
  readonly services: readonly VisibleService[];
  /** Bound to the mesh, in the order in which they are preferred (VS-15). */
  readonly routeTables: readonly RouteTable[];
}

/** A listener of every port, where no Sidecar says where. */
export const EVERY_PORT: EgressPlace = { port: undefined, bind: '', capture: 'default' };

/** What holds where no Sidecar does, or where one says nothing about it. */
export const scopeOf = (
  sidecar: SidecarSource | undefined,
  { outboundPolicy: mode }: MeshSettings,
): Omit<SidecarScope, 'egress'> => ({
  sidecar: sidecar && { source: sidecar.source, name: sidecar.name },
  ingress: sidecar?.ingress ?? [],
  inboundPool: sidecar?.inboundPool,
  outboundPolicy: sidecar?.outboundPolicy ?? { mode, egressProxy: undefined },
});
