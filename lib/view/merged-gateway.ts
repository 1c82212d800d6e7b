import type { HostName } from '../base/host-name.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { RouteTable } from '../model/route-table.ts';

/** All servers of all Gateways that select one router, merged by port and bind address (GW-4 to GW-14). */
export interface MergedGateway {
  /** Sorted by port, then bind. */
  readonly listeners: readonly GatewayListener[];
}

/** One socket that the router opens. */
export interface GatewayListener {
  /** The port the router binds, after translation to the target port (GW-4). */
  readonly port: number;
  /** An address to bind, or empty for the wildcard address. */
  readonly bind: string;
  readonly protocol: 'http';
  /** Whether it was declared to speak gRPC-Web, which becomes gRPC at the router. */
  readonly servesGrpcWeb: boolean;
  /** Name of its route configuration (GW-13). */
  readonly routeName: string;
  readonly servers: readonly GatewayServer[];
}

/** One server block of one Gateway, with the route tables that are bound to it. */
export interface GatewayServer {
  readonly gateway: ResourceKey;
  /** `namespace/name`, as route tables name it. */
  readonly gatewayName: string;
  readonly namespace: string;
  /** The number written in the document; route matches and EnvoyFilters use this one (GW-14). */
  readonly port: number;
  readonly portName: string;
  /** `namespace/host` entries normalised by GW-5: `host` where any namespace may bind. */
  readonly hosts: readonly HostName[];
  readonly redirectsToHttps: boolean;
  /** Visible to the router and bound to this gateway, oldest first within VS-4's order. */
  readonly routeTables: readonly RouteTable[];
}
