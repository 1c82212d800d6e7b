import type { Issue } from '../base/issue.ts';
import type { RequestNames, UpstreamHttp } from '../ir/cluster.ts';
import { passedOnCluster } from '../ir/cluster-name.ts';
import { PLAIN_TRANSPORT, type UpstreamTlsIr, type UpstreamTransportIr } from '../ir/upstream-tls.ts';
import type { ClientTls, MeshTls, OriginatedTls } from '../model/client-tls.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { isHttp, type Protocol } from '../model/protocol.ts';
import type { Service, ServicePort } from '../model/service.ts';
import type { PolicyBlocks } from '../model/traffic-policy.ts';
import type { ClusterFacts } from './cluster-subjects.ts';
import { NO_NAMES } from './connection-pool.ts';
import { meshRoots, ownCertificate, speaksMeshTls } from './mesh-tls.ts';
import { certificateOf, serverCheckOf } from './tls-material.ts';

/** One cluster whose connections are to be decided about. */
export interface TransportOrder {
  readonly service: Service;
  readonly port: ServicePort;
  /** Empty for the whole service. */
  readonly subset: string;
  readonly discovery: 'original-destination' | 'dynamic-dns' | 'endpoints';
  readonly protocol: UpstreamHttp['protocol'];
  readonly tls: ClientTls | undefined;
  readonly proxyProtocol: PolicyBlocks['proxyProtocol'];
  /** Whether the policy chose its clients: only those may be expected to have a credential that it names (DR-33). */
  readonly isForSelected: boolean;
  /** Whether the servers take the mesh's mutual TLS, as far as anybody knows (MTLS-1 to MTLS-4). */
  readonly meshTlsIsTaken: boolean;
  readonly facts: ClusterFacts;
  readonly mesh: MeshSettings;
}

/** How connections of a cluster travel, and what of it its HTTP options have to say. */
export interface Transport {
  readonly transport: UpstreamTransportIr;
  readonly names: RequestNames;
  readonly leavesNamesUnchecked: boolean;
}

/** DR-29 to DR-35 */
export function transportOf(order: TransportOrder): Transport {
  const { tls, proxyProtocol } = order;
  const plain = { transport: { ...PLAIN_TRANSPORT, proxyProtocol }, names: NO_NAMES, leavesNamesUnchecked: false };
  const found = tls ?? detectedTls(order);
  if (found === undefined || found.mode === 'off' || lacksCredential(order, found)) return plain;
  const names = requestNames(order, found);
  const byEndpoint = tls === undefined && order.discovery !== 'original-destination'; // MTLS-7, MTLS-8
  return {
    transport: { encryption: { type: byEndpoint ? 'by-endpoint' : 'always', tls: tlsOf(order, found) }, proxyProtocol },
    names,
    leavesNamesUnchecked: order.discovery === 'dynamic-dns' && !(names.areAskedFor && names.areChecked),
  };
}

/** MTLS-6: what is spoken where no policy says it. Who has no certificate of the mesh speaks plain text (docs/decisions/0022). */
function detectedTls({ service, mesh, facts, meshTlsIsTaken }: TransportOrder): MeshTls | undefined {
  if (!speaksMeshTls(facts) || !mesh.usesAutoMutualTls || service.isMeshExternal || !meshTlsIsTaken) {
    return undefined;
  }
  return { mode: 'istio-mutual', serverName: '', names: undefined, isUnverified: false };
}

/** MTLS-15: a credential is fetched for routers, and for sidecars that the policy itself selects; a config map is for everybody. */
function lacksCredential({ facts, isForSelected }: TransportOrder, tls: MeshTls | OriginatedTls): boolean {
  if (tls.mode === 'istio-mutual' || tls.material.from !== 'credential') return false;
  return facts.type === 'sidecar' && !isForSelected && !tls.material.name.startsWith('configmap://');
}

/** Says where a policy asks for encryption that nobody can do, so that its connections are plain. */
export function transportIssue(order: TransportOrder, source: string | undefined): readonly Issue[] {
  const { tls, service } = order;
  if (source === undefined || tls === undefined || tls.mode === 'off' || !lacksCredential(order, tls)) return [];
  const message = `connections to ${service.hostname} are not encrypted: a sidecar gets credentialName only from a rule with a workloadSelector; add one`;
  return [
    {
      severity: 'warning',
      code: 'CREDENTIAL_NOT_FOR_SIDECARS',
      resource: source,
      path: '',
      subject: service.hostname,
      message,
    },
  ];
}

/** MTLS-13: names that nobody wrote are those of each request. */
function requestNames({ discovery }: TransportOrder, tls: MeshTls | OriginatedTls): RequestNames {
  const isDynamic = discovery === 'dynamic-dns';
  if (tls.mode === 'istio-mutual' && !isDynamic) return NO_NAMES;
  const areAskedFor = tls.serverName === '';
  const hasNoNames = (tls.names ?? []).length === 0;
  return { areAskedFor, areChecked: !tls.isUnverified && (isDynamic || (areAskedFor && hasNoNames)) };
}

function tlsOf(order: TransportOrder, tls: MeshTls | OriginatedTls): UpstreamTlsIr {
  return tls.mode === 'istio-mutual' ? meshTls(order, tls) : originatedTls(order, tls);
}

/** DR-30, MTLS-5, MTLS-12. What is looked up has no name before a request names it. */
function meshTls(order: TransportOrder, tls: MeshTls): UpstreamTlsIr {
  const { service, port, subset, discovery } = order;
  const generated = discovery === 'dynamic-dns' ? '' : passedOnCluster(port.number, subset, service.hostname);
  return {
    serverName: tls.serverName === '' ? generated : tls.serverName,
    certificate: ownCertificate(order.facts),
    servers: { roots: meshRoots(order.facts), names: tls.names ?? service.accounts, revocationList: '' },
    applicationProtocols: meshProtocols(order),
    cipherSuites: [],
    curves: [],
  };
}

/**
 * MTLS-11. Istio's Envoy says by a filter of its own that it carries HTTP; a stock one offers so from the start, where the port
 * may carry any (PROF-3), and never in the same breath what its requests may not be.
 */
function meshProtocols({ facts, protocol, port }: TransportOrder): readonly string[] {
  if (facts.profile === 'istio-proxy') return [...MESH_PROTOCOLS, ...(protocol === 'http2' ? ['h2'] : [])];
  if (!mayCarryHttp(port.protocol)) return ['istio'];
  return STOCK_PROTOCOLS[protocol];
}

const MESH_PROTOCOLS = ['istio-peer-exchange', 'istio'];
const STOCK_PROTOCOLS: Readonly<Record<UpstreamHttp['protocol'], readonly string[]>> = {
  http1: ['istio-http/1.1', 'http/1.1'],
  http2: ['istio-h2', 'h2'],
  downstream: ['istio-http/1.1', 'istio-h2'],
};

const mayCarryHttp = (protocol: Protocol): boolean => isHttp(protocol) || protocol === 'auto';

/** DR-31 */
function originatedTls({ service, protocol, facts, mesh }: TransportOrder, tls: OriginatedTls): UpstreamTlsIr {
  const ofService = service.registry === 'external' ? service.accounts : [];
  return {
    serverName: tls.serverName,
    certificate: tls.mode === 'mutual' ? certificateOf(tls.material, facts) : undefined,
    servers: tls.isUnverified
      ? undefined
      : serverCheckOf(tls.material, { names: tls.names.length > 0 ? tls.names : ofService, facts }),
    applicationProtocols: protocol === 'http2' ? ['h2'] : [],
    cipherSuites: mesh.tlsDefaults.cipherSuites,
    curves: mesh.tlsDefaults.curves,
  };
}
