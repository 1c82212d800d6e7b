import { durationMs, type DurationMs } from '../../base/brand.ts';
import { isIpAddress } from '../../base/ip-address.ts';
import type { Issue, Checked } from '../../base/issue.ts';
import type { Labels } from '../../base/labels.ts';
import type { Locality } from '../../base/locality.ts';
import { MARKER_HEADER, MARKER_VALUE } from '../../delivery/answer.ts';
import { XDS_CLUSTER } from '../../envoy/config-source.ts';
import { encodeDuration } from '../../envoy/duration.ts';
import type { ProtoJson } from '../../envoy/envoy-resource.ts';
import { identityPathProblem } from '../../view/node-facts.ts';
import type { Interception, ProxyType } from '../../view/proxy-facts.ts';
import { type PollProof, proofCertificate, proofFilters } from './poll-proof.ts';

/** What is said of a proxy that is to poll this service. */
export interface BootstrapRequest {
  /** A name, `name.namespace`, or a whole node id of four parts. */
  readonly id: string;
  readonly type: ProxyType;
  readonly namespace: string;
  readonly ip: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  /** Where an agent keeps the certificate of the workload and the mesh's roots, on the proxy's machine; empty for nowhere. */
  readonly identityDirectory: string;
  readonly locality: Locality;
  readonly network: string;
  readonly clusterId: string;
  readonly interception: Interception;
  readonly adminPort: number;
  readonly refresh: DurationMs;
  /** Laid over the metadata that follows from the rest. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly server: URL;
  /** File of the certificate authorities that are trusted to sign the server's certificate, on the proxy's machine. */
  readonly caFile: string;
  /** Absent where the service asks for none. */
  readonly proof?: PollProof;
}

/** Envoy crashes on a delay under a millisecond, and no fleet needs to be asked more often than this (DLV-11). */
const LEAST_REFRESH = durationMs(1_000);
const LONGEST_REFRESH = durationMs(60 * 60 * 1000);

/**
 * A complete Envoy bootstrap that polls clusters and listeners from the server; everything else follows from what it is then
 * given. Choices and what they keep from happening: docs/decisions/0008.
 */
export function bootstrap(request: BootstrapRequest): Checked<ProtoJson> {
  const issues = problemsOf(request);
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    issues: [],
    value: {
      node: nodeOf(request),
      admin: { address: socketAddress('127.0.0.1', request.adminPort) },
      dynamicResources: { cdsConfig: pollConfig(request.refresh), ldsConfig: pollConfig(request.refresh) },
      staticResources: { clusters: [xdsCluster(request)] },
      layeredRuntime: {
        layers: [{ name: 'pilotless', staticLayer: { 'http.async_response_buffer_limit': LARGEST_ANSWER_BYTES } }],
      },
    },
  };
}

/** Twice Envoy's own limit of 32 MiB for the answer to one poll, which a very large set of clusters would pass. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

function problemsOf({
  refresh,
  server,
  ip,
  id,
  identityDirectory,
  metadata,
  proof,
}: BootstrapRequest): readonly Issue[] {
  const issue = (path: string, message: string): Issue => ({
    severity: 'error',
    code: 'INVALID_OPTION',
    path,
    message,
  });
  const issues: Issue[] = [];
  if (refresh < LEAST_REFRESH || refresh > LONGEST_REFRESH) issues.push(issue('refresh', 'must be between 1s and 1h'));
  if (server.protocol !== 'http:' && server.protocol !== 'https:') {
    issues.push(issue('server', 'must be an http or https URL'));
  }
  const isCertificate = proof?.by === 'certificate' || proof?.by === 'identity-directory';
  if (isCertificate && server.protocol !== 'https:') {
    issues.push(issue('server', 'must be an https URL: a client certificate is shown within TLS'));
  }
  if (!isIpAddress(ip)) issues.push(issue('ip', `${ip} is no IP address`));
  if (id === '' || /["\\\s]/.test(id)) issues.push(issue('id', 'must not be empty or contain spaces or quotes'));
  if (id.includes('~') && id.split('~').length !== 4) {
    issues.push(issue('id', 'a whole node id has the four parts type~ip~name.namespace~domain'));
  }
  const pathProblem = identityPathProblem(identityDirectory);
  if (pathProblem !== undefined) issues.push(issue('identity-dir', pathProblem));
  if ('NAMESPACE' in metadata && typeof metadata['NAMESPACE'] !== 'string') {
    issues.push(issue('metadata', 'NAMESPACE must be a text'));
  }
  return issues;
}

function nodeOf(request: BootstrapRequest): ProtoJson {
  const { namespace, labels, locality } = request;
  const name = nameOf(request);
  const { region, zone, subzone: subZone } = locality;
  return {
    // PX-1: four parts, as Istio's own proxies call themselves.
    id: request.id.includes('~') ? request.id : `${request.type}~${request.ip}~${name}~${namespace}.svc.cluster.local`,
    cluster: labels['app'] === undefined ? name : `${labels['app']}.${namespace}`,
    ...(region === '' ? {} : { locality: { region, zone, subZone } }),
    metadata: metadataOf(request),
  };
}

/** `name.namespace`, whichever of the two was said. */
function nameOf({ id, namespace }: BootstrapRequest): string {
  const short = id.split('~')[2] ?? id;
  return short.endsWith(`.${namespace}`) ? short : `${short}.${namespace}`;
}

/** What the service reads of a node (lib/view/read-node.ts); what is not known is left out. */
function metadataOf(request: BootstrapRequest): ProtoJson {
  const known: Readonly<Record<string, unknown>> = {
    NAMESPACE: request.namespace,
    LABELS: request.labels,
    INSTANCE_IPS: request.ip,
    INTERCEPTION_MODE: request.interception.toUpperCase(),
    SERVICE_ACCOUNT: request.serviceAccount,
    IDENTITY_DIR: request.identityDirectory,
    CLUSTER_ID: request.clusterId,
    NETWORK: request.network,
    PILOTLESS_REFRESH: encodeDuration(request.refresh),
    PILOTLESS_RESERVED_PORTS: [request.adminPort].filter((port) => port !== 0).map(String),
  };
  return { ...Object.fromEntries(Object.entries(known).filter(([, value]) => !isEmpty(value))), ...request.metadata };
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/**
 * A poll of a whole type. The wait for the first answer has no end: an Envoy that gives up waiting for clusters goes live with
 * none. Envoy itself spreads its polls over one to two refresh times.
 */
function pollConfig(refresh: DurationMs): ProtoJson {
  return {
    resourceApiVersion: 'V3',
    initialFetchTimeout: '0s',
    apiConfigSource: {
      apiType: 'REST',
      transportApiVersion: 'V3',
      clusterNames: [XDS_CLUSTER],
      refreshDelay: encodeDuration(refresh),
      requestTimeout: '5s',
    },
  };
}

function xdsCluster(request: BootstrapRequest): ProtoJson {
  const { server } = request;
  const isTls = server.protocol === 'https:';
  const host = hostOf(server);
  const port = server.port === '' ? (isTls ? 443 : 80) : Number(server.port);
  const isIp = isIpAddress(host);
  return {
    name: XDS_CLUSTER,
    ...(isIp ? { type: 'STATIC' } : { type: 'STRICT_DNS', dnsLookupFamily: 'V4_PREFERRED' }),
    connectTimeout: '5s',
    // A proxy that starts polls for each of its clusters at once: none of these polls may be turned away, and they share
    // few connections, because HTTP/1.1 would open one for each.
    circuitBreakers: { thresholds: [{ maxConnections: 20, maxPendingRequests: 100_000, maxRequests: 100_000 }] },
    loadAssignment: {
      clusterName: XDS_CLUSTER,
      endpoints: [{ lbEndpoints: [{ endpoint: { address: socketAddress(host, port) } }] }],
    },
    typedExtensionProtocolOptions: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicitHttpConfig: { httpProtocolOptions: {} },
        httpFilters: pollFilters(request),
      },
    },
    ...(isTls ? { transportSocket: tlsSocket({ host, isIp, caFile: request.caFile, proof: request.proof }) } : {}),
  };
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

function socketAddress(address: string, portValue: number): ProtoJson {
  return { socketAddress: { address, portValue } };
}

interface TlsTarget {
  readonly host: string;
  readonly isIp: boolean;
  readonly caFile: string;
  readonly proof: PollProof | undefined;
}

function tlsSocket({ host, isIp, caFile, proof }: TlsTarget): ProtoJson {
  const validationContext = {
    trustedCa: { filename: caFile },
    matchTypedSubjectAltNames: [{ sanType: isIp ? 'IP_ADDRESS' : 'DNS', matcher: { exact: host } }],
  };
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      ...(isIp ? {} : { sni: host }),
      commonTlsContext: {
        tlsParams: { tlsMaximumProtocolVersion: 'TLSv1_3' },
        ...proofCertificate(proof),
        validationContext,
      },
    },
  };
}

function pollFilters({ server, proof }: BootstrapRequest): readonly ProtoJson[] {
  return [
    {
      name: 'envoy.filters.http.lua',
      typedConfig: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
        defaultSourceCode: { inlineString: pollScript(server) },
      },
    },
    ...proofFilters(proof),
    {
      name: 'envoy.filters.http.upstream_codec',
      typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec' },
    },
  ];
}

/**
 * What every poll and its answer pass through. The list of all extensions, 77 KB of each poll, is the last of that name in the
 * body (DLV-12). A 200 that is not ours would delete every cluster and listener, so it becomes an error (DLV-10).
 */
function pollScript(server: URL): string {
  const prefix = server.pathname.replace(/\/+$/, '');
  return [
    'function envoy_on_request(h)',
    `  h:headers():replace(":authority", ${luaText(server.host)})`,
    ...(prefix === '' ? [] : [`  h:headers():replace(":path", ${luaText(prefix)} .. h:headers():get(":path"))`]),
    '  local b = h:body()',
    '  if b == nil then return end',
    '  local s = b:getBytes(0, b:length())',
    `  local before, after = string.match(s, '^(.*),"extensions":%b[](.*)$')`,
    '  if before ~= nil then h:headers():replace("content-length", b:setBytes(before .. after)) end',
    'end',
    'function envoy_on_response(h)',
    '  local hd = h:headers()',
    `  if hd:get(":status") == "200" and hd:get("${MARKER_HEADER}") ~= "${MARKER_VALUE}" then hd:replace(":status", "502") end`,
    'end',
    '',
  ].join('\n');
}

/** URLs hold neither quotes nor line breaks unescaped; a backslash is the one thing left to escape. */
const luaText = (text: string): string => `"${text.replaceAll('\\', '\\\\')}"`;
