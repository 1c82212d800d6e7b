import type { ClusterDiscovery, ClusterIr } from '../ir/cluster.ts';
import { inboundCluster } from '../ir/cluster-name.ts';
import { PLAIN_TRANSPORT } from '../ir/upstream-tls.ts';
import type { OwnInstance } from '../view/proxy-view.ts';
import { circuitLimits, keepalive, upstreamHttp } from './connection-pool.ts';
import { configPath, serviceName } from './outbound-clusters.ts';
import type { OwnClustersSubject } from './cluster-subjects.ts';
import { resolvePolicy } from './resolve-policy.ts';
import { passthroughSources } from './fixed-clusters.ts';
import { statName } from './stat-name.ts';

/** CL-9: one cluster per port on which the proxy's own application serves; none where nothing is redirected to the proxy. */
export function inboundClusters(subject: OwnClustersSubject): readonly ClusterIr[] {
  if (subject.facts.type !== 'sidecar' || subject.facts.interception === 'none') return [];
  const byPort = Map.groupBy(subject.instances, ({ targetPort }) => targetPort);
  return [...byPort].flatMap(([targetPort, [primary, ...others]]) =>
    primary === undefined ? [] : [cluster(targetPort, { primary, others }, subject)],
  );
}

/** The oldest service of a port says its settings; the others are named for statistics. */
function cluster(
  targetPort: number,
  { primary, others }: { readonly primary: OwnInstance; readonly others: readonly OwnInstance[] },
  { facts, mesh }: OwnClustersSubject,
): ClusterIr {
  const { service, port, policy } = primary;
  // CL-10: nothing but the limits.
  const { pool, retryBudget } = resolvePolicy(policy, { subset: undefined, port: port.number }, mesh.defaultPolicy);
  const name = inboundCluster(targetPort);
  const isLocal = mesh.inboundPolicy === 'localhost';
  const sameNumber = [primary, ...others].filter((each) => each.port.number === port.number);
  return {
    name,
    statName: statName(name, mesh.inboundStatName, { service, port, subset: '', targetPort }),
    discovery: isLocal
      ? loopback(targetPort, facts.ipFamily)
      : { type: 'original-destination', port: undefined, keepsHosts: true },
    connectTimeout: pool?.connectTimeout ?? mesh.connectTimeout,
    choice: isLocal ? { by: 'round-robin', slowStart: undefined } : { by: 'discovery' },
    localities: { type: 'ignored' },
    keepsDrainingHosts: false,
    panicThreshold: undefined,
    limits: circuitLimits(pool, retryBudget),
    outlier: undefined,
    http: upstreamHttp(
      { protocol: port.protocol, sniffs: true, mayUpgrade: false },
      pool === undefined ? {} : { pool },
      mesh,
    ),
    keepalive: keepalive(pool, mesh),
    transport: PLAIN_TRANSPORT,
    sourceAddresses: isLocal ? [] : sourcesOf(facts),
    metadata: {
      services: service.isMeshExternal ? [] : uniqueHosts(sameNumber),
      configPath: service.isMeshExternal ? '' : configPath(policy), // Istio adds it to what else is there
      subset: '',
      isExternal: false,
      keepsApplicationProtocols: false,
    },
    exchangesPeerMetadata: false,
  };
}

/** Istio leaves dual stack off unless told otherwise, so the clusters of its own proxies connect from one family. */
const sourcesOf = (facts: OwnClustersSubject['facts']): readonly string[] =>
  facts.profile === 'istio-proxy' ? passthroughSources(facts).slice(0, 1) : passthroughSources(facts);

function loopback(port: number, family: OwnClustersSubject['facts']['ipFamily']): ClusterDiscovery {
  const address = family === 'v6' ? '::1' : '127.0.0.1';
  const endpoint = {
    address: { type: 'socket', address, port },
    health: 'unchecked',
    weight: undefined,
    workload: '',
    acceptsMeshTls: false,
  } as const;
  const locality = { region: '', zone: '', subzone: '' };
  return { type: 'static', groups: [{ locality, priority: 0, weight: undefined, endpoints: [endpoint] }] };
}

function uniqueHosts(instances: readonly OwnInstance[]): ClusterIr['metadata']['services'] {
  const byHost = new Map(instances.map(({ service }) => [service.hostname, serviceName(service)]));
  return [...byHost.values()];
}
