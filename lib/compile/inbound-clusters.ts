import type { ClusterIr } from '../ir/cluster.ts';
import { inboundCluster } from '../ir/cluster-name.ts';
import { PLAIN_TRANSPORT } from '../ir/upstream-tls.ts';
import type { OwnInstance } from '../view/proxy-view.ts';
import { circuitLimits, keepalive, upstreamHttp } from './connection-pool.ts';
import { configPath, serviceName } from './outbound-clusters.ts';
import { atAddress, whereItWasGoing, type InboundTarget } from './inbound-target.ts';
import { ingressTargets } from './ingress-targets.ts';
import type { OwnClustersSubject } from './cluster-subjects.ts';
import { resolvePolicy } from './resolve-policy.ts';
import { passthroughSources } from './fixed-clusters.ts';
import { statName } from './stat-name.ts';

/**
 * CL-9: one cluster per port on which the proxy's own application serves: those that its Sidecar names, else those of its services;
 * of these none where nothing is redirected to the proxy.
 */
export function inboundClusters(subject: OwnClustersSubject): readonly ClusterIr[] {
  const { facts, instances, scope } = subject;
  if (facts.type !== 'sidecar') return [];
  if (scope.ingress.length > 0) return ingressTargets(subject).map((target) => cluster(target, subject));
  if (facts.interception === 'none') return [];
  const byPort = Map.groupBy(instances, ({ targetPort }) => targetPort);
  return [...byPort.values()].flatMap(([primary, ...others]) =>
    primary === undefined ? [] : [cluster(targetOf([primary, ...others], subject), subject)],
  );
}

/** The oldest service of a port says its settings; the others are named for statistics. */
function targetOf(
  [primary, ...others]: readonly [OwnInstance, ...OwnInstance[]],
  { facts, mesh, scope }: OwnClustersSubject,
): InboundTarget {
  const { service, port, targetPort, policy } = primary;
  const isLocal = mesh.inboundPolicy === 'localhost';
  const sameNumber = [primary, ...others].filter((each) => each.port.number === port.number);
  return {
    port: targetPort,
    servicePort: port,
    service,
    policy,
    pool: scope.inboundPool,
    isExternal: service.isMeshExternal,
    named: service.isMeshExternal ? [] : uniqueHosts(sameNumber),
    discovery: isLocal ? atAddress(facts.ipFamily === 'v6' ? '::1' : '127.0.0.1', targetPort) : whereItWasGoing(),
    isLocal,
  };
}

function cluster(target: InboundTarget, { facts, mesh }: OwnClustersSubject): ClusterIr {
  const { port, servicePort, service, policy, discovery, isLocal } = target;
  const resolved = resolvePolicy(policy, { subset: undefined, port: servicePort.number }, mesh.defaultPolicy);
  const { retryBudget } = resolved;
  const pool = target.pool ?? resolved.pool; // CL-10: nothing but the limits
  const name = inboundCluster(port);
  return {
    name,
    statName: statName(name, mesh.inboundStatName, { service, port: servicePort, subset: '', targetPort: port }),
    discovery,
    connectTimeout: pool?.connectTimeout ?? mesh.connectTimeout,
    choice: discovery.type === 'static' ? { by: 'round-robin', slowStart: undefined } : { by: 'discovery' },
    localities: { type: 'ignored' },
    keepsDrainingHosts: false,
    panicThreshold: undefined,
    limits: circuitLimits(pool, retryBudget),
    outlier: undefined,
    http: upstreamHttp(
      { protocol: servicePort.protocol, sniffs: true, mayUpgrade: false },
      pool === undefined ? {} : { pool },
      mesh,
    ),
    keepalive: keepalive(pool, mesh),
    transport: PLAIN_TRANSPORT,
    sourceAddresses: isLocal ? [] : sourcesOf(facts),
    metadata: {
      services: target.named,
      configPath: target.isExternal ? '' : configPath(policy), // Istio adds it to what else is there
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

function uniqueHosts(instances: readonly OwnInstance[]): ClusterIr['metadata']['services'] {
  const byHost = new Map(instances.map(({ service }) => [service.hostname, serviceName(service)]));
  return [...byHost.values()];
}
