import type { CircuitLimits, KeepaliveIr, RequestNames, UpstreamHttp } from '../ir/cluster.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { isHttp, isHttp2, type Protocol } from '../model/protocol.ts';
import type { ConnectionPool, OutlierDetection, RetryBudget } from '../model/traffic-policy.ts';

export const NO_NAMES: RequestNames = { areAskedFor: false, areChecked: false };

/** The largest number that Envoy's counters hold; stands for "no limit". */
const UNLIMITED = 4_294_967_295;

/** DR-23: no limit but the written ones. Envoy's own are low enough to be met by accident. */
export function circuitLimits(pool: ConnectionPool | undefined, retryBudget?: RetryBudget): CircuitLimits {
  return {
    connections: pool?.maxConnections ?? UNLIMITED,
    pendingRequests: pool?.maxPendingRequests ?? UNLIMITED,
    requests: pool?.maxRequests ?? UNLIMITED,
    retries: pool?.maxRetries ?? UNLIMITED,
    retryBudget,
  };
}

/** DR-24: the policy's keepalive, else the mesh's. */
export function keepalive(pool: ConnectionPool | undefined, mesh: MeshSettings): KeepaliveIr | undefined {
  return pool?.tcpKeepalive ?? mesh.tcpKeepalive;
}

/** What a cluster's hosts are spoken to in, before the settings of the pool are looked at. */
export interface ProtocolChoice {
  readonly protocol: Protocol;
  /** Whether the client side may have sniffed the protocol of a port that declares none. */
  readonly sniffs: boolean;
  /** Whether settings may change the protocol at all: they cannot for what reaches the proxy's own application. */
  readonly mayUpgrade: boolean;
}

/** HTTP/1.1 with Envoy's settings, written out. */
const HTTP1: UpstreamHttp = {
  protocol: 'http1',
  idleTimeout: undefined,
  maxRequestsPerConnection: undefined,
  maxConnectionDuration: undefined,
  maxConcurrentStreams: undefined,
  http2Keepalive: undefined,
  errorStatuses: [],
  names: NO_NAMES,
};

/** The same options with what TLS takes from requests, which has no other place. */
export function withNames(http: UpstreamHttp | undefined, names: RequestNames): UpstreamHttp | undefined {
  return names.areAskedFor || names.areChecked ? { ...(http ?? HTTP1), names } : http;
}

/** DR-24, DR-25, CL-5: the protocol and its settings; `undefined` when everything is Envoy's default. */
export function upstreamHttp(
  choice: ProtocolChoice,
  { pool, outlier }: { readonly pool?: ConnectionPool; readonly outlier?: OutlierDetection },
  mesh: MeshSettings,
): UpstreamHttp | undefined {
  const options: UpstreamHttp = {
    protocol: upstreamProtocol(choice, pool, mesh),
    idleTimeout: pool?.httpIdleTimeout ?? pool?.tcpIdleTimeout,
    maxRequestsPerConnection: pool?.maxRequestsPerConnection,
    maxConnectionDuration: pool?.maxConnectionDuration,
    maxConcurrentStreams: pool?.maxConcurrentStreams,
    http2Keepalive: pool?.http2Keepalive,
    errorStatuses: outlier?.httpErrorCodes ?? [],
    names: NO_NAMES,
  };
  const { protocol, errorStatuses, names: _none, ...settings } = options;
  const isDefault = protocol === 'http1' && errorStatuses.length === 0;
  return isDefault && Object.values(settings).every((setting) => setting === undefined) ? undefined : options;
}

function upstreamProtocol(
  { protocol, sniffs, mayUpgrade }: ProtocolChoice,
  pool: ConnectionPool | undefined,
  mesh: MeshSettings,
): UpstreamHttp['protocol'] {
  if (pool?.usesClientProtocol === true) return 'downstream';
  if (isHttp2(protocol)) return 'http2';
  if (protocol === 'auto' && sniffs) return 'downstream'; // what was sniffed is kept, even where an upgrade is asked for
  return mayUpgrade && upgrades(protocol, pool, mesh) ? 'http2' : 'http1';
}

/** A policy that says "upgrade" knows that the port speaks HTTP; the mesh's word counts for declared HTTP ports only. */
function upgrades(protocol: Protocol, pool: ConnectionPool | undefined, mesh: MeshSettings): boolean {
  if (pool !== undefined && pool.h2Upgrade !== 'unset') return pool.h2Upgrade === 'upgrade';
  return isHttp(protocol) && mesh.upgradesToHttp2;
}
