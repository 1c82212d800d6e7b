import type { HostName } from '../base/host-name.ts';
import type { Labels } from '../base/labels.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { Destination } from './http-rule.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { Protocol } from './protocol.ts';
import type { ConnectionPool } from './traffic-policy.ts';

/** One Sidecar document, defaults filled in. Which proxies have it, and what its hosts mean for them, is decided in the view. */
export interface SidecarSource {
  readonly source: ResourceKey;
  readonly name: string;
  readonly namespace: string;
  /** RFC 3339, empty when the document carries none; sorts first then (G-2). */
  readonly createdAt: string;
  /** `undefined` is for all workloads of the namespace. */
  readonly workloadSelector: Labels | undefined;
  /** In the order written, at least one (SC-6). */
  readonly egress: readonly EgressSource[];
  /** In the order written; none leaves the ports of the workload's own services. */
  readonly ingress: readonly IngressListener[];
  /** `undefined` follows the mesh (SC-19). */
  readonly outboundPolicy: OutboundPolicy | undefined;
  /** Of every port that does not say its own (SC-22). */
  readonly inboundPool: ConnectionPool | undefined;
}

/** What becomes of traffic to hosts that a proxy does not know. */
export interface OutboundPolicy {
  readonly mode: MeshSettings['outboundPolicy'];
  /** Where it goes instead of to where it was going, in mode `allow-any`. */
  readonly egressProxy: Destination | undefined;
}

/** How connections reach a listener: as the proxy's interception says, redirected, or made to its port. */
export type CaptureMode = 'default' | 'redirected' | 'none';

/** Where a listener is, as a Sidecar says it. */
export interface ListenerPlace {
  /** `number` is 0 for a unix socket. */
  readonly port: { readonly number: number; readonly protocol: Protocol; readonly name: string };
  /** An IP address, or `unix://` and a path; empty where none is written. */
  readonly bind: string;
  readonly capture: CaptureMode;
}

/** Where connections to some hosts are taken: `port` is `undefined` for every port that they have. */
export interface EgressPlace extends Omit<ListenerPlace, 'port'> {
  readonly port: ListenerPlace['port'] | undefined;
}

export interface EgressSource extends EgressPlace {
  readonly hosts: readonly ScopedHost[];
}

/** Hosts of one namespace, or of all (`*`), or of the one of the proxy (`.`): let in, or kept out whatever lets them in (SC-9). */
export interface ScopedHost {
  readonly namespace: string;
  readonly host: HostName;
  readonly isExcluded: boolean;
}

/** A port that a proxy takes connections for its workload at (SC-21). */
export interface IngressListener extends ListenerPlace {
  readonly endpoint: WorkloadEndpoint;
  readonly pool: ConnectionPool | undefined;
}

/**
 * Where the application listens (CL-9): where the connection was going, on loopback, at the workload's first address of a family,
 * or at a unix socket. `unreadable` is what no form fits: the listener then leads nowhere.
 */
export type WorkloadEndpoint =
  | { readonly at: 'destination' | 'unreadable' }
  | { readonly at: 'loopback' | 'workload'; readonly family: 'v4' | 'v6'; readonly port: number }
  | { readonly at: 'socket'; readonly path: string };
