import { durationMs } from '../base/brand.ts';
import {
  BLACK_HOLE_CLUSTER,
  INBOUND_PASSTHROUGH_CLUSTER,
  LOOK_UP_CLUSTER,
  PASSTHROUGH_CLUSTER,
} from '../ir/cluster-name.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import { PLAIN_TRANSPORT } from '../ir/upstream-tls.ts';
import type { ViewFacts } from '../view/proxy-view.ts';
import { circuitLimits, keepalive, upstreamHttp } from './connection-pool.ts';
import type { OwnClustersSubject } from './cluster-subjects.ts';
import { unknownHostsCache } from './dns-lookups.ts';

/** Connections that nobody uses are closed after so long; without a limit passed-through hosts would pile them up. */
const PASSTHROUGH_IDLE = durationMs(300_000);

/** CL-7: where unroutable traffic ends, and where traffic to unknown hosts goes on. A router has no destination to go on to. */
export function fixedClusters(subject: OwnClustersSubject): readonly ClusterIr[] {
  if (subject.facts.type !== 'sidecar') return [blackHole(subject)];
  return [blackHole(subject), outboundPassthrough(subject), ...lookUp(subject), inboundPassthrough(subject)];
}

/** Addresses that redirection leaves alone, so that what the proxy sends to its own machine does not come back to it. */
export function passthroughSources({ ipFamily }: Pick<ViewFacts, 'ipFamily'>): readonly string[] {
  switch (ipFamily) {
    case 'v4':
      return ['127.0.0.6'];
    case 'v6':
      return ['::6'];
    case 'dual':
      return ['127.0.0.6', '::6'];
  }
}

function blackHole({ mesh }: OwnClustersSubject): ClusterIr {
  return {
    name: BLACK_HOLE_CLUSTER,
    statName: `${BLACK_HOLE_CLUSTER};`,
    discovery: { type: 'static', groups: [] },
    connectTimeout: mesh.connectTimeout,
    choice: { by: 'round-robin', slowStart: undefined },
    localities: { type: 'ignored' },
    keepsDrainingHosts: false,
    panicThreshold: undefined,
    limits: undefined,
    outlier: undefined,
    http: undefined,
    keepalive: undefined,
    transport: PLAIN_TRANSPORT,
    sourceAddresses: [],
    metadata: { services: [], configPath: '', subset: '', isExternal: false, keepsApplicationProtocols: false },
    exchangesPeerMetadata: false,
  };
}

/** Mesh defaults for pools bound it; outlier detection would have no other host to turn to. */
function outboundPassthrough(subject: OwnClustersSubject): ClusterIr {
  const { facts, mesh } = subject;
  const { pool } = mesh.defaultPolicy;
  const http = upstreamHttp(
    { protocol: 'auto', sniffs: true, mayUpgrade: false },
    pool === undefined ? {} : { pool },
    mesh,
  );
  return {
    ...blackHole(subject),
    name: PASSTHROUGH_CLUSTER,
    statName: `${PASSTHROUGH_CLUSTER};`,
    discovery: { type: 'original-destination', port: undefined, keepsHosts: false },
    connectTimeout: pool?.connectTimeout ?? mesh.connectTimeout,
    choice: { by: 'discovery' },
    limits: circuitLimits(pool),
    http: http && { ...http, idleTimeout: http.idleTimeout ?? PASSTHROUGH_IDLE },
    keepalive: keepalive(pool, mesh),
    exchangesPeerMetadata: facts.profile === 'istio-proxy',
  };
}

/** RD-14: hosts that nobody described, by their names. */
function lookUp(subject: OwnClustersSubject): readonly ClusterIr[] {
  const cache = unknownHostsCache(subject);
  if (cache === undefined) return [];
  const like = outboundPassthrough(subject);
  return [
    {
      ...like,
      name: LOOK_UP_CLUSTER,
      statName: `${LOOK_UP_CLUSTER};`,
      discovery: { type: 'dynamic-dns', cache, leavesNamesUnchecked: true },
    },
  ];
}

/** Counted with the outbound one, as Istio's dashboards expect. */
function inboundPassthrough(subject: OwnClustersSubject): ClusterIr {
  return {
    ...outboundPassthrough(subject),
    name: INBOUND_PASSTHROUGH_CLUSTER,
    sourceAddresses: passthroughSources(subject.facts),
    exchangesPeerMetadata: false,
  };
}
