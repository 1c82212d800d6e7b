import { NOWHERE } from '../base/locality.ts';
import type { ClusterDiscovery, ClusterIr } from '../ir/cluster.ts';
import type { Service, ServicePort } from '../model/service.ts';
import type { ConnectionPool, TrafficPolicy } from '../model/traffic-policy.ts';

/** Where connections to one inbound port go on to, and what they may take of the application there. */
export interface InboundTarget {
  /** The port that clients meet at the machine. */
  readonly port: number;
  readonly servicePort: ServicePort;
  readonly service: Pick<Service, 'hostname' | 'name' | 'namespace' | 'registry'>;
  readonly policy: TrafficPolicy | undefined;
  /** What the Sidecar says, which goes before the policy (CL-10). */
  readonly pool: ConnectionPool | undefined;
  /** Whether nothing in the mesh is known by it. */
  readonly isExternal: boolean;
  /** Services that statistics know the port by. */
  readonly named: ClusterIr['metadata']['services'];
  readonly discovery: ClusterDiscovery;
  /** Whether it is on the proxy's own loopback, where nothing redirects what the proxy sends. */
  readonly isLocal: boolean;
}

/** To the address that the connection was meant for, at its own port unless another one is given. */
export const whereItWasGoing = (port?: number): ClusterDiscovery => ({
  type: 'original-destination',
  port,
  keepsHosts: true,
});

export const atAddress = (address: string, port: number): ClusterDiscovery =>
  staticAt({ type: 'socket', address, port });

export function staticAt(address: StaticAddress): ClusterDiscovery {
  const endpoint = { address, health: 'unchecked', weight: undefined, workload: '', acceptsMeshTls: false } as const;
  return { type: 'static', groups: [{ locality: NOWHERE, priority: 0, weight: undefined, endpoints: [endpoint] }] };
}

type StaticAddress =
  | { readonly type: 'socket'; readonly address: string; readonly port: number }
  | { readonly type: 'pipe'; readonly path: string };
