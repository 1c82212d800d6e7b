import type { Locality } from '../base/locality.ts';

/** Where the traffic of one EDS cluster goes. */
export interface EndpointsIr {
  /** The cluster's name. */
  readonly name: string;
  readonly groups: readonly EndpointGroup[];
}

/** Endpoints of one locality and one priority. */
export interface EndpointGroup {
  readonly locality: Locality;
  /** 0 is used first; priorities have no gaps (LB-5). */
  readonly priority: number;
  /** Share of the traffic among groups of one priority, at most 2^32 - 1; `undefined` leaves it to Envoy. */
  readonly weight: number | undefined;
  readonly endpoints: readonly LbEndpoint[];
}

export interface LbEndpoint {
  readonly address: EndpointAddress;
  readonly health: 'unchecked' | 'healthy' | 'unhealthy' | 'draining';
  readonly weight: number | undefined;
  /** Who serves there, for statistics: `workload;namespace;canonical name;canonical revision;cluster`; empty for none. */
  readonly workload: string;
  /** Whether a cluster that encrypts by endpoint speaks the mesh's mutual TLS to it. */
  readonly acceptsMeshTls: boolean;
}

export type EndpointAddress =
  | { readonly type: 'socket'; readonly address: string; readonly port: number }
  | { readonly type: 'pipe'; readonly path: string };
