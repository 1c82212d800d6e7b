import fc from 'fast-check';
import type { Resource } from '../../lib/resources/resource.ts';
import type { TestNode } from './proxy-facts.ts';

const NAMESPACES = ['a', 'b', 'istio-system'] as const;
const HOSTS = ['one.com', 'two.com', '*.com'] as const;
const ADDRESSES = ['10.0.0.1', '10.0.0.2', 'x.internal', 'unix:///s'] as const;
const LOCALITIES = ['', 'eu/a', 'eu/b', 'us/a'] as const;

const namespace = fc.constantFrom(...NAMESPACES);
const labels = fc.dictionary(fc.constantFrom('app', 'version'), fc.constantFrom('1', '2'), { maxKeys: 2 });
const exportTo = fc.subarray(['*', '.', '~', ...NAMESPACES], { maxLength: 2 });
const createdAt = fc.constantFrom(undefined, '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');

const workload = fc.record({
  address: fc.constantFrom(...ADDRESSES),
  labels,
  locality: fc.constantFrom(...LOCALITIES),
  weight: fc.integer({ min: 0, max: 3 }),
});

const port = fc.record({
  number: fc.constantFrom(80, 90),
  name: fc.constantFrom('http', 'tcp'),
  protocol: fc.constantFrom('HTTP', 'TCP', 'GRPC', 'UDP', ''),
});

const serviceEntry = fc.record(
  {
    hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1 }),
    resolution: fc.constantFrom('NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN'),
    location: fc.constantFrom('MESH_INTERNAL', 'MESH_EXTERNAL'),
    ports: fc.uniqueArray(port, { minLength: 1, maxLength: 2, selector: ({ number }) => number }),
    exportTo,
    endpoints: fc.array(workload, { maxLength: 3 }),
  },
  { requiredKeys: ['hosts', 'ports', 'resolution'] },
);

const locality = fc.oneof(
  fc.record({ failover: fc.constant([{ from: 'eu', to: 'us' }]) }),
  fc.record({ failoverPriority: fc.subarray(['app', 'version=1', 'topology.kubernetes.io/region']) }),
  fc.record({ distribute: fc.constant([{ from: 'eu/*', to: { 'eu/a': 30, 'eu/*': 20, 'us/*': 50 } }]) }),
  fc.record({ enabled: fc.boolean() }),
);

const blocks = fc.record(
  {
    outlierDetection: fc.record({ minHealthPercent: fc.constantFrom(0, 10) }),
    connectionPool: fc.record({ tcp: fc.record({ maxConnections: fc.integer({ min: 1, max: 3 }) }) }),
    loadBalancer: fc.record(
      { simple: fc.constantFrom('RANDOM', 'ROUND_ROBIN', 'PASSTHROUGH'), localityLbSetting: locality },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const destinationRule = fc.record(
  {
    host: fc.constantFrom(...HOSTS),
    exportTo,
    workloadSelector: fc.record({ matchLabels: labels }),
    trafficPolicy: blocks,
    subsets: fc.uniqueArray(fc.record({ name: fc.constantFrom('v1', 'v2'), labels, trafficPolicy: blocks }), {
      selector: ({ name }) => name,
    }),
  },
  { requiredKeys: ['host'] },
);

function documents(kind: string, spec: fc.Arbitrary<object>): fc.Arbitrary<Resource> {
  return fc
    .record({ name: fc.constantFrom('x', 'y', 'z'), namespace, createdAt, spec })
    .map(({ name, namespace: ns, createdAt: at, spec: body }) => ({
      apiVersion: 'networking.istio.io/v1',
      kind,
      metadata: { name, namespace: ns, ...(at !== undefined && { creationTimestamp: at }) },
      spec: body,
    })) as fc.Arbitrary<Resource>;
}

/** Small worlds of services and policies in which names, hosts, labels and addresses meet often. */
export const arbitraryDocuments: fc.Arbitrary<readonly Resource[]> = fc.uniqueArray(
  fc.oneof(
    documents('ServiceEntry', serviceEntry),
    documents('DestinationRule', destinationRule),
    documents('WorkloadEntry', workload),
  ),
  { maxLength: 8, selector: ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}` },
);

/** Proxies that live in those worlds. */
export const arbitraryNode: fc.Arbitrary<TestNode> = fc.record({
  type: fc.constantFrom('sidecar', 'router'),
  id: fc.constantFrom('one', 'two'),
  namespace,
  ips: fc.subarray(['10.0.0.1', '10.0.0.2', 'fd00::1'], { minLength: 1 }),
  labels,
  locality: fc.constantFrom(...LOCALITIES),
  profile: fc.constantFrom('envoy', 'istio-proxy'),
});
