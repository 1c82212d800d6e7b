/** HN-9: names of clusters as Istio writes them, so that dashboards and habits carry over. */
export const outboundCluster = (port: number, subset: string, hostname: string): string =>
  `outbound|${port}|${subset}|${hostname}`;

/**
 * HN-10: the same as a server name, which may not have bars: what the mesh's TLS asks for, and the cluster by which a router
 * hands such connections on.
 */
export const passedOnCluster = (port: number, subset: string, hostname: string): string =>
  `outbound_.${port}_.${subset}_.${hostname}`;

export const inboundCluster = (port: number): string => `inbound|${port}||`;

export const BLACK_HOLE_CLUSTER = 'BlackHoleCluster';
export const PASSTHROUGH_CLUSTER = 'PassthroughCluster';
/** Hosts that nobody described, looked up by the name that a request carries. */
export const LOOK_UP_CLUSTER = 'AllowAnyDynamicDNSCluster';
export const INBOUND_PASSTHROUGH_CLUSTER = 'InboundPassthroughCluster';

export interface ClusterNameParts {
  readonly direction: string;
  readonly port: number;
  readonly subset: string;
  readonly hostname: string;
}

const NOTHING: ClusterNameParts = { direction: '', port: 0, subset: '', hostname: '' };

/** The parts of such a name; anything without exactly three bars, or without a port number, has empty parts. */
export function parseClusterName(name: string): ClusterNameParts {
  const [direction, port, subset, hostname, ...rest] = name.split('|');
  if (direction === undefined || subset === undefined || hostname === undefined || rest.length > 0) return NOTHING;
  if (port === undefined || !/^\d+$/.test(port)) return NOTHING;
  return { direction, port: Number(port), subset, hostname };
}
