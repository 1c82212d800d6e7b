import { durationMs, type DurationMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import { isIpAddress } from '../base/ip-address.ts';
import type { Checked, Issue } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import type { Locality } from '../base/locality.ts';
import { localityOf, withPlace } from '../base/topology-labels.ts';
import { readOwnProxySettings } from '../world/proxy-settings.ts';
import type { Interception, Profile, ProxyFacts, ProxyType } from './proxy-facts.ts';

/** What every shape of a node comes to before it is interpreted. */
export interface PlainNode {
  readonly id: string;
  readonly type: string;
  readonly ips: readonly string[];
  readonly domain: string;
  readonly locality: Locality;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly namespace?: string | undefined;
  readonly labels?: Labels | undefined;
  readonly serviceAccount?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly network?: string | undefined;
}

const TYPES: ReadonlySet<string> = new Set<ProxyType>(['sidecar', 'router', 'waypoint']);

/** What a node says, interpreted. Unknown metadata means nothing; a fact that nobody says stays empty, and is not made up. */
export function nodeFacts(node: PlainNode): Checked<ProxyFacts> {
  const said = metadataReader(node.metadata);
  const { type } = node;
  const ips = (said.list('INSTANCE_IPS') ?? node.ips).filter(isIpAddress); // PX-2
  const issues = [
    ...(isProxyType(type) ? [] : [refusedNode('id', nodeIdProblem(node))]),
    ...(ips.length > 0 ? [] : [refusedNode('ips', 'no valid IP address in the node id or in metadata INSTANCE_IPS')]),
  ];
  const identityDirectory = said.text('IDENTITY_DIR') ?? '';
  const pathProblem = identityPathProblem(identityDirectory);
  if (pathProblem !== undefined) issues.push(refusedNode('metadata.IDENTITY_DIR', pathProblem));
  if (!isProxyType(type) || issues.length > 0) return { ok: false, issues };
  const namespace = node.namespace ?? said.text('NAMESPACE') ?? node.domain.split('.', 1)[0] ?? ''; // PX-3
  const ownLabels = node.labels ?? said.texts('LABELS');
  const locality = node.locality.region === '' ? localityOf('', ownLabels) : node.locality; // PX-5
  const own = readOwnProxySettings(node.metadata['PROXY_CONFIG']);
  const clusterId = node.clusterId ?? said.text('CLUSTER_ID') ?? '';
  const network = node.network ?? said.text('NETWORK') ?? '';
  const value: ProxyFacts = {
    id: node.id,
    type,
    namespace,
    workloadNamespace: said.text('NAMESPACE') ?? namespace,
    ips,
    labels: withPlace(ownLabels, { locality, clusterId, network }), // PX-4
    serviceAccount: node.serviceAccount ?? said.text('SERVICE_ACCOUNT') ?? '',
    locality,
    network,
    clusterId,
    meshId: said.text('MESH_ID') ?? '',
    dnsDomain: node.domain === '' ? `${namespace}.svc.cluster.local` : node.domain,
    interception: INTERCEPTIONS[said.text('INTERCEPTION_MODE') ?? ''] ?? 'redirect', // PX-6
    profile: PROFILES[said.text('PILOTLESS_PROFILE') ?? ''] ?? 'envoy',
    identityDirectory: identityDirectory.replace(/(?<=.)\/+$/, ''),
    istioVersion: said.text('ISTIO_VERSION') ?? '',
    httpProxyPort: said.number('HTTP_PROXY_PORT'),
    acceptsHttp10: said.text('HTTP10') === '1',
    isUnprivileged: said.isTrue('UNPRIVILEGED_POD'),
    reservedPorts: reservedPorts(said),
    idleTimeout: said.duration('IDLE_TIMEOUT'),
    balancesInbound: said.isTrue('INBOUND_LISTENER_EXACT_BALANCE'),
    balancesOutbound: said.isTrue('OUTBOUND_LISTENER_EXACT_BALANCE'),
    topology: own?.topology,
    connections: own?.connections,
    usesAllocatedAddresses: said.isTrue('DNS_CAPTURE') && said.isTrue('DNS_AUTO_ALLOCATE'),
    networkView: [...new Set(said.list('REQUESTED_NETWORK_VIEW') ?? [])].sort(),
    refresh: said.duration('PILOTLESS_REFRESH') ?? DEFAULT_REFRESH,
  };
  return { ok: true, value, issues: [] };
}

const isProxyType = (type: string): type is ProxyType => TYPES.has(type);

const INTERCEPTIONS: Readonly<Record<string, Interception>> = { NONE: 'none', REDIRECT: 'redirect', TPROXY: 'tproxy' };
const PROFILES: Readonly<Record<string, Profile>> = { envoy: 'envoy', 'istio-proxy': 'istio-proxy' };

/** How often a proxy polls that does not say it: what `pilotless bootstrap` writes when it is not told. */
const DEFAULT_REFRESH = durationMs(5000);

function nodeIdProblem({ id, type }: PlainNode): string {
  if (type === '') return `node id ${id} must have the four parts type~ip~name.namespace~domain`;
  return `node type ${type} is none of sidecar, router and waypoint`;
}

/** LS-6: metadata names the ports of the agent beside the proxy. */
function reservedPorts(said: MetadataReader): readonly number[] {
  const named = ['ENVOY_STATUS_PORT', 'ENVOY_PROMETHEUS_PORT'].map((key) => said.number(key));
  const listed = (said.list('PILOTLESS_RESERVED_PORTS') ?? []).map(Number).filter(Number.isInteger);
  return [...new Set([...named.filter((port) => port !== undefined), ...listed])].sort((a, b) => a - b);
}

/** The path goes into what the proxy is given, so that it must be one that can be meant. Nothing is not said. */
export function identityPathProblem(path: string): string | undefined {
  if (path === '') return undefined;
  const isPlain = path.length <= 4096 && !/[\p{Cc}\\]/u.test(path) && !path.split('/').includes('..');
  if (path.startsWith('/') && isPlain) return undefined;
  return 'must be an absolute path without .. and without control characters, such as /var/lib/pilotless/identity';
}

type MetadataReader = ReturnType<typeof metadataReader>;

/** PX-8: metadata comes from an environment, so that a truth value or a number is often a text. */
function metadataReader(said: Readonly<Record<string, unknown>>) {
  const plain = (key: string): string | undefined => {
    const value = said[key];
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    text: plain,
    list(key: string): readonly string[] | undefined {
      const value = said[key];
      if (Array.isArray(value)) return value.map(String);
      return plain(key)
        ?.split(',')
        .map((item) => item.trim());
    },
    texts(key: string): Labels {
      const value = said[key];
      return isLabels(value) ? value : {};
    },
    number(key: string): number | undefined {
      const value = plain(key);
      return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
    },
    isTrue: (key: string): boolean => plain(key) === 'true' || plain(key) === '1',
    duration(key: string): DurationMs | undefined {
      const value = plain(key);
      return value === undefined ? undefined : parseDuration(value);
    },
  };
}

function isLabels(value: unknown): value is Labels {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && Object.values(value).every((text) => typeof text === 'string');
}

export const refusedNode = (path: string, message: string): Issue => ({
  severity: 'error',
  code: 'INVALID_NODE',
  path,
  message,
});
