import type { HostName } from '../base/host-name.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { Protocol } from '../model/protocol.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { ServerTls } from '../model/server-tls.ts';

/** All servers of all Gateways that select one router, merged by port and bind address (GW-4 to GW-14). */
export interface MergedGateway {
  /** Sorted by port, then bind; those of one socket in the order in which they came. */
  readonly listeners: readonly GatewayListener[];
  /** Names of secrets that its Gateways may name for this router wherever the secrets are (GW-16), sorted. */
  readonly verifiedSecrets: readonly string[];
}

/** Servers that share a socket and a protocol (GW-6). Several of them may share a socket, if clients tell them apart. */
export type GatewayListener = PlainHttpListener | ServerListener;

interface GatewaySocket {
  /** The port the router binds, after translation to the target port (GW-4). */
  readonly port: number;
  /** An address to bind, or empty for the wildcard address. */
  readonly bind: string;
  readonly servers: readonly GatewayServer[];
}

/** HTTP in plain text: one set of routes for all servers. */
export interface PlainHttpListener extends GatewaySocket {
  readonly type: 'plain-http';
  /** Whether it was declared to speak gRPC-Web, which becomes gRPC at the router. */
  readonly servesGrpcWeb: boolean;
  /** Name of its route configuration (GW-13). */
  readonly routeName: string;
}

/** TLS, or bytes that nobody reads as HTTP: each server is told apart from the others, and says what becomes of its connections. */
export interface ServerListener extends GatewaySocket {
  readonly type: 'by-server';
}

/** One server block of one Gateway, with the route tables that are bound to it. */
export interface GatewayServer {
  readonly gateway: ResourceKey;
  /** Where the document has it: `spec.servers[0]`. */
  readonly path: string;
  /** Under which the server is counted where it has chains of its own; empty for none. */
  readonly name: string;
  /** `namespace/name`, as route tables name it. */
  readonly gatewayName: string;
  readonly namespace: string;
  /** The number written in the document; route matches and EnvoyFilters use this one (GW-14). */
  readonly port: number;
  readonly portName: string;
  readonly protocol: Protocol;
  /** `namespace/host` entries normalised by GW-5: `host` where any namespace may bind. */
  readonly hosts: readonly HostName[];
  readonly tls: ServerTls;
  /** Name of the server's own route configuration (GW-13); empty unless its TLS ends at the router and is HTTP inside. */
  readonly httpsRouteName: string;
  readonly redirectsToHttps: boolean;
  /** Visible to the router and bound to this gateway, oldest first within VS-4's order. */
  readonly routeTables: readonly RouteTable[];
}
