import { durationMs } from '../../lib/base/brand.ts';
import { parseLocality } from '../../lib/base/locality.ts';
import type { Profile, ProxyFacts, ProxyType } from '../../lib/view/proxy-facts.ts';

/** A node as test cases write it: the shape that `render --node` takes, every member but `type` optional. */
export interface TestNode {
  readonly type: ProxyType;
  readonly id?: string;
  readonly namespace?: string;
  readonly ips?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly locality?: string;
  readonly network?: string;
  readonly clusterId?: string;
  readonly dnsDomain?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly profile?: Profile;
  readonly usesAllocatedAddresses?: boolean;
  readonly networkView?: readonly string[];
}

/** Facts about a proxy for tests, from a node in which only what matters is written. */
export function proxyFacts(node: TestNode): ProxyFacts {
  const namespace = node.namespace ?? 'default';
  return {
    id: node.id ?? `${node.type}~10.0.0.1~app.${namespace}~${namespace}.svc.cluster.local`,
    type: node.type,
    namespace,
    ips: node.ips ?? ['10.0.0.1'],
    labels: node.labels ?? {},
    serviceAccount: node.serviceAccount ?? 'default',
    locality: parseLocality(node.locality ?? ''),
    network: node.network ?? '',
    clusterId: node.clusterId ?? '',
    dnsDomain: node.dnsDomain ?? `${namespace}.svc.cluster.local`,
    interception: interceptionOf(node.metadata?.['INTERCEPTION_MODE']),
    profile: node.profile ?? 'envoy',
    istioVersion: '',
    httpProxyPort: portOf(node.metadata?.['HTTP_PROXY_PORT']),
    isUnprivileged: false,
    reservedPorts: [],
    usesAllocatedAddresses: node.usesAllocatedAddresses ?? false,
    networkView: node.networkView ?? [],
    refresh: durationMs(5000),
  };
}

function interceptionOf(mode: unknown): ProxyFacts['interception'] {
  if (mode === 'NONE') return 'none';
  return mode === 'TPROXY' ? 'tproxy' : 'redirect';
}

const portOf = (port: unknown): number | undefined => (port === undefined ? undefined : Number(port));
