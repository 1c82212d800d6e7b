import { z } from 'zod';
import { durationMs, type DurationMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import { isIpAddress } from '../base/ip-address.ts';
import type { Checked, Issue } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import { NOWHERE, parseLocality, type Locality } from '../base/locality.ts';
import { localityOf, withPlace } from '../base/topology-labels.ts';
import type { Interception, Profile, ProxyFacts, ProxyType } from './proxy-facts.ts';

/** What every shape of a node comes to before it is interpreted. */
interface PlainNode {
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

const text = z.string();
const localityObject = z.looseObject({
  region: text.optional(),
  zone: text.optional(),
  subZone: text.optional(),
  sub_zone: text.optional(),
});
const metadata = z.record(text, z.unknown());

const envoyNode = z.looseObject({ id: text, metadata: metadata.nullish(), locality: localityObject.nullish() });

/** The shape of NODE.json, and of a recorded case's proxy, whose metadata says what its own members do not. */
const writtenNode = z.looseObject({
  id: text.optional(),
  type: text,
  namespace: text.optional(),
  dnsDomain: text.optional(),
  ips: z.array(text).nullish(),
  labels: z.record(text, text).nullish(),
  metadata: metadata.nullish(),
  locality: z.union([text, localityObject]).nullish(),
  serviceAccount: text.optional(),
  clusterId: text.optional(),
  network: text.optional(),
});

/**
 * Reads a node: Envoy's own (its id carries four parts), or the one that `render` takes. Unknown members and unknown
 * metadata mean nothing; a fact that nobody says stays empty, and is not made up.
 */
export function readNode(value: unknown): Checked<ProxyFacts> {
  const isWritten = typeof value === 'object' && value !== null && 'type' in value;
  const parsed = (isWritten ? writtenNode : envoyNode).safeParse(value);
  if (!parsed.success) {
    return { ok: false, issues: parsed.error.issues.map(({ path, message }) => refused(path.join('.'), message)) };
  }
  return factsOf(isWritten ? plainWritten(writtenNode.parse(value)) : plainEnvoy(envoyNode.parse(value)));
}

/** PX-1: `type~ip~name.namespace~domain`. An id of another form has no type, which `factsOf` refuses. */
function plainEnvoy({ id, metadata: said, locality }: z.infer<typeof envoyNode>): PlainNode {
  const parts = id.split('~');
  const [type = '', ip = '', , domain = ''] = parts.length === 4 ? parts : [];
  return { id, type, ips: ip === '' ? [] : [ip], domain, locality: localityFrom(locality), metadata: said ?? {} };
}

function plainWritten(node: z.infer<typeof writtenNode>): PlainNode {
  const { id = '', type, dnsDomain = '', namespace, serviceAccount, clusterId, network } = node;
  const labels = node.labels ?? undefined;
  const own = { namespace, labels, serviceAccount, clusterId, network };
  const locality = localityFrom(node.locality);
  return { id, type, ips: node.ips ?? [], domain: dnsDomain, locality, metadata: node.metadata ?? {}, ...own };
}

function localityFrom(said: string | z.infer<typeof localityObject> | null | undefined): Locality {
  if (typeof said === 'string') return parseLocality(said);
  if (said === undefined || said === null) return NOWHERE;
  return { region: said.region ?? '', zone: said.zone ?? '', subzone: said.subZone ?? said.sub_zone ?? '' };
}

const TYPES: ReadonlySet<string> = new Set<ProxyType>(['sidecar', 'router', 'waypoint']);

function factsOf(node: PlainNode): Checked<ProxyFacts> {
  const said = metadataReader(node.metadata);
  const { type } = node;
  const ips = (said.list('INSTANCE_IPS') ?? node.ips).filter(isIpAddress); // PX-2
  const issues = [
    ...(isProxyType(type) ? [] : [refused('id', nodeIdProblem(node))]),
    ...(ips.length > 0 ? [] : [refused('ips', 'no valid IP address in the node id or in metadata INSTANCE_IPS')]),
  ];
  if (!isProxyType(type) || issues.length > 0) return { ok: false, issues };
  const namespace = node.namespace ?? said.text('NAMESPACE') ?? node.domain.split('.', 1)[0] ?? ''; // PX-3
  const ownLabels = node.labels ?? said.texts('LABELS');
  const locality = node.locality.region === '' ? localityOf('', ownLabels) : node.locality; // PX-5
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
    dnsDomain: node.domain === '' ? `${namespace}.svc.cluster.local` : node.domain,
    interception: INTERCEPTIONS[said.text('INTERCEPTION_MODE') ?? ''] ?? 'redirect', // PX-6
    profile: PROFILES[said.text('PILOTLESS_PROFILE') ?? ''] ?? 'envoy',
    istioVersion: said.text('ISTIO_VERSION') ?? '',
    httpProxyPort: said.number('HTTP_PROXY_PORT'),
    acceptsHttp10: said.text('HTTP10') === '1',
    isUnprivileged: said.isTrue('UNPRIVILEGED_POD'),
    reservedPorts: reservedPorts(said),
    idleTimeout: said.duration('IDLE_TIMEOUT'),
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
      const parsed = z.record(text, text).safeParse(said[key]);
      return parsed.success ? parsed.data : {};
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

const refused = (path: string, message: string): Issue => ({ severity: 'error', code: 'INVALID_NODE', path, message });
