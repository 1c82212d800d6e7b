import type { DurationMs } from '../base/brand.ts';
import type { HostName } from '../base/host-name.ts';
import type { Issue } from '../base/issue.ts';
import type { ConnectionTargetIr, NetworkFilterIr, TcpProxyIr } from '../ir/listener.ts';
import type { ConnectionRule } from '../model/connection-rule.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { ServicePort } from '../model/service.ts';
import type { ConnectionPolicy, ListenedService } from './listener-view.ts';
import { clusterOf } from './destination-cluster.ts';
import { tcpTo } from './filter-chains.ts';
import { offeredAsBytes } from './offered-protocols.ts';
import { statPrefix } from './stat-name.ts';

/** Where a rule for connections is used, and all that its filters can depend on there. */
export interface ConnectionPlace {
  /** The port that clients meet, with the protocol that they speak there. */
  readonly port: ServicePort;
  readonly services: ReadonlyMap<HostName, ListenedService>;
  readonly mesh: MeshSettings;
  /** Whether clusters offer HTTP inside of mutual TLS, which has to be taken back for bytes. */
  readonly offersHttp: boolean;
  /** How long a connection may be idle where no policy says it. */
  readonly idleTimeout: DurationMs | undefined;
}

/** What happens with connections to one cluster, before the statistics prefix given (TR-9, TR-11). */
export function clusterFilters(
  cluster: string,
  how: {
    readonly prefix: string;
    readonly visible: ListenedService | undefined;
    readonly policy: ConnectionPolicy | undefined;
    readonly subset: string;
  },
  place: ConnectionPlace,
): readonly NetworkFilterIr[] {
  const proxy = { ...tcpTo(cluster), statPrefix: how.prefix, idleTimeout: place.idleTimeout };
  const offered = place.offersHttp ? offeredAsBytes([{ visible: how.visible, cluster }]) : [];
  return [...protocolFilters(place.port, how.prefix), ...offered, withPolicy(proxy, how.policy, how.subset)];
}

/**
 * What happens with connections that a rule takes (TR-8); `undefined` where no destination can be drawn. The policy of the
 * first destination counts for all, because it stands in the listener, before one is drawn.
 */
export function ruleFilters(
  { destinations }: ConnectionRule,
  table: RouteTable,
  place: ConnectionPlace,
): readonly NetworkFilterIr[] | undefined {
  const [{ destination }, ...others] = destinations;
  const at = { services: place.services, listenerPort: place.port.number, infersPorts: true };
  const first = place.services.get(destination.host);
  const policy = first?.policy;
  if (others.length === 0) {
    const cluster = clusterOf(destination, at);
    const { subset } = destination;
    const parts = first && { service: first.service, port: place.port, subset, targetPort: 0 };
    const prefix = parts === undefined ? cluster : statPrefix(cluster, place.mesh.outboundStatName, parts);
    return clusterFilters(cluster, { prefix, visible: first, policy, subset }, place);
  }
  const drawn = destinations.filter(({ weight }) => weight > 0);
  if (drawn.length === 0) return undefined;
  const clusters = drawn.map((end) => ({ cluster: clusterOf(end.destination, at), weight: end.weight }));
  const target: ConnectionTargetIr = { type: 'weighted', clusters };
  const prefix = `${table.name}.${table.namespace}`;
  const proxy = { ...tcpTo(''), target, statPrefix: prefix, idleTimeout: place.idleTimeout };
  const ends = drawn.map((end, index) => ({
    visible: place.services.get(end.destination.host),
    cluster: clusters[index]?.cluster ?? '',
  }));
  const offered = place.offersHttp ? offeredAsBytes(ends) : [];
  return [...protocolFilters(place.port, prefix), ...offered, withPolicy(proxy, policy, '')];
}

/**
 * TR-12: the names that a chain compares; none where any name will do. `undefined` when Envoy, which compares whole labels and
 * refuses `*example.com`, could compare none of them.
 */
export function namesToMatch(names: readonly HostName[]): readonly HostName[] | undefined {
  if (names.includes('*')) return [];
  const comparable = names.filter((name) => !isPartialWildcard(name));
  return comparable.length === 0 && names.length > 0 ? undefined : comparable;
}

/** Envoy matches server names by whole labels and refuses `*example.com`. */
export const isPartialWildcard = (name: HostName): boolean => name.startsWith('*') && !name.startsWith('*.');

export const NOTHING_TO_DRAW = 'no destination has a weight above 0';
export const PARTIAL_WILDCARDS = 'a wildcard among server names stands for whole labels, as in *.example.com';

/** A rule that is left out. */
export const unusable = ({ origin }: ConnectionRule, message: string): Issue => ({
  ...{ severity: 'error', code: 'ROUTE_UNUSABLE', ...origin, message },
});

/** TR-11 */
function protocolFilters({ protocol }: ServicePort, prefix: string): readonly NetworkFilterIr[] {
  return protocol === 'mongo' ? [{ type: 'mongo-proxy', statPrefix: prefix }] : [];
}

/** TR-9 */
function withPolicy(proxy: TcpProxyIr, policy: ConnectionPolicy | undefined, subset: string): TcpProxyIr {
  const { pool, lb } = policy?.blocks ?? {};
  const ofSubset = policy?.subsets.find(({ name }) => name === subset)?.blocks;
  const algorithm = (ofSubset?.lb ?? lb)?.algorithm;
  return {
    ...proxy,
    idleTimeout: pool?.tcpIdleTimeout ?? proxy.idleTimeout,
    maxConnectionDuration: pool?.maxConnectionDuration,
    hashesSourceIp: algorithm !== undefined && 'key' in algorithm && algorithm.key?.on === 'source-ip',
    tunnel: (subset === '' ? policy?.blocks : ofSubset)?.tunnel, // TR-10: a subset tunnels only if it says so itself
  };
}
