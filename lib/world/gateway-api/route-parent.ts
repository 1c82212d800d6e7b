import type { HostName } from '../../base/host-name.ts';
import { MESH_GATEWAY } from '../../model/route-table.ts';

/** The API group of the Gateway API's kinds. */
export const GATEWAY_API_GROUP = 'gateway.networking.k8s.io';

/** The kinds that are routes. */
export type RouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute';

/** What a route can be attached to: one listener of a Gateway or of a ListenerSet, or all sidecars. */
export interface RouteParent {
  /** The gateway as route tables name it: `namespace/name`, or `mesh`. */
  readonly gateway: string;
  /** The listener's name; empty for the mesh. */
  readonly section: string;
  readonly port: number;
  readonly protocol: string;
  /** As the listener writes it; empty for every host. */
  readonly hostname: HostName;
  /** From which namespace which hosts may be routed, as Gateways write it: `namespace/host`, or `*` and a host; empty for all. */
  readonly hosts: readonly string[];
  readonly allowedKinds: readonly { readonly group: string; readonly kind: string }[];
}

const MESH_KINDS: readonly RouteKind[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** GA-23: what routes are attached to whose parent is a service. */
export const MESH_PARENT: RouteParent = {
  gateway: MESH_GATEWAY,
  section: '',
  port: 0,
  protocol: '',
  hostname: '',
  hosts: [],
  allowedKinds: MESH_KINDS.map((kind) => ({ group: GATEWAY_API_GROUP, kind })),
};
