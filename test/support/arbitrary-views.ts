import fc from 'fast-check';
import type { Resource } from '../../lib/resources/resource.ts';
import { arbitraryDocuments, arbitraryNode } from './arbitrary-documents.ts';
import { arbitrarySidecar } from './arbitrary-sidecars.ts';
import { unadmittedResourcesOf } from './documents.ts';
import type { TestNode } from './proxy-facts.ts';

const HOSTS = ['one.com', 'two.com', '*.com'] as const;
const namespace = fc.constantFrom('a', 'b');
const labels = fc.dictionary(fc.constantFrom('app', 'version'), fc.constantFrom('1', '2'), { maxKeys: 1 });
const networks = ['', 'n1', 'n2'] as const;

const localityLb = fc.oneof(
  fc.record({ distribute: fc.constant([{ from: 'eu/*', to: { 'eu/a': 30, 'us/*': 70 } }]) }),
  fc.record({ failover: fc.constant([{ from: 'eu', to: 'us' }]) }),
  fc.record({ failoverPriority: fc.subarray(['app', 'topology.istio.io/network', 'topology.istio.io/cluster']) }),
);
const clusterLocal = fc
  .record({ host: fc.constantFrom(...HOSTS), isLocal: fc.boolean() })
  .map(({ host, isLocal }) => ({ hosts: [host], settings: { clusterLocal: isLocal } }));
const mesh = fc
  .record(
    {
      localityLbSetting: localityLb,
      serviceSettings: fc.array(clusterLocal, { maxLength: 2 }),
      defaultTrafficPolicy: fc.constant({ outlierDetection: {} }),
    },
    { requiredKeys: [] },
  )
  .map((meshConfig) => document('Mesh', { name: 'default' }, { meshConfig }));

const gateway = fc
  .record({
    name: fc.constantFrom('g', 'h'),
    namespace,
    selector: labels,
    number: fc.constantFrom(80, 90),
    hosts: fc.subarray([...HOSTS], { minLength: 1 }),
  })
  .map(({ name, namespace: ns, selector, number, hosts }) => {
    const servers = [{ port: { number, name: 'http', protocol: 'HTTP' }, hosts }];
    return document('Gateway', { name, namespace: ns }, { selector, servers });
  });

const match = fc.record(
  { sourceLabels: labels, sourceNamespace: namespace, gateways: fc.subarray(['mesh', 'a/g'], { minLength: 1 }) },
  { requiredKeys: [] },
);
const virtualService = fc
  .record({
    name: fc.constantFrom('v', 'w'),
    namespace,
    hosts: fc.subarray([...HOSTS], { minLength: 1 }),
    matches: fc.array(match, { maxLength: 2 }),
    to: fc.constantFrom('one.com', 'two.com'),
  })
  .map(({ name, namespace: ns, hosts, matches, to }) => {
    const rule = { ...(matches.length > 0 && { match: matches }), route: [{ destination: { host: to } }] };
    const spec = { hosts, gateways: ['mesh', 'a/g'], http: [rule] };
    return document('VirtualService', { name, namespace: ns }, spec);
  });

/** A service whose endpoints are in several networks, some at a proxy's own addresses; it may want clients to stay near. */
const spread = fc
  .record({
    namespace,
    distribution: fc.constantFrom(undefined, 'PreferClose'),
    host: fc.constantFrom('one.com', 'a.org'),
  })
  .map(({ namespace: ns, distribution, host }) => {
    const annotations = distribution && { 'networking.istio.io/traffic-distribution': distribution };
    const endpoints = networks.map((network, index) => ({
      address: `10.0.0.${index + 1}`,
      network,
      locality: index === 0 ? 'eu/a' : 'us/a',
      labels: { app: String(index) },
    }));
    const ports = [{ number: 80, name: 'http', protocol: 'HTTP' }];
    const metadata = { name: 'spread', namespace: ns, ...(annotations && { annotations }) };
    return document('ServiceEntry', metadata, {
      hosts: [host],
      resolution: 'STATIC',
      ports,
      endpoints,
    });
  });

function document(kind: string, metadata: object, spec: object): object {
  const group = kind === 'Mesh' ? 'pilotless.dev' : 'networking.istio.io';
  return { apiVersion: `${group}/v1`, kind, metadata, spec };
}

const admitted = fc
  .tuple(
    fc.option(mesh),
    fc.option(spread),
    fc.array(gateway, { maxLength: 2 }),
    fc.array(virtualService, { maxLength: 2 }),
  )
  .map(([settings, service, gateways, routes]) =>
    unadmittedResourcesOf(
      [settings, service, ...gateways, ...routes]
        .filter((each) => each !== null)
        .map((each) => JSON.stringify(each))
        .join('\n---\n'),
    ),
  );

/** Worlds in which somebody asks for each fact about a proxy: for its place, its networks, its labels, its namespace. */
export const arbitraryViewWorld: fc.Arbitrary<readonly Resource[]> = fc
  .tuple(arbitraryDocuments, admitted, fc.array(arbitrarySidecar, { maxLength: 2 }))
  .map((parts) => {
    const all = parts.flat();
    return [
      ...new Map(all.map((each) => [`${each.kind}/${each.metadata.namespace}/${each.metadata.name}`, each])).values(),
    ];
  });

/** What else a node may say, beside what `arbitraryNode` says. */
const otherFacts = fc.record({
  serviceAccount: fc.constantFrom('one', 'two'),
  network: fc.constantFrom(...networks),
  clusterId: fc.constantFrom('Kubernetes', 'elsewhere'),
  dnsDomain: fc.constantFrom('a.svc.cluster.local', 'internal.com'),
  networkView: fc.subarray(['n1', 'n2']),
  usesAllocatedAddresses: fc.boolean(),
  metadata: fc.record(
    {
      ISTIO_VERSION: fc.constantFrom('1.20.0', '1.29.1'),
      INTERCEPTION_MODE: fc.constantFrom('NONE', 'REDIRECT', 'TPROXY'),
      HTTP10: fc.constant('1'),
      UNPRIVILEGED_POD: fc.constant('true'),
      HTTP_PROXY_PORT: fc.constant('15002'),
      IDLE_TIMEOUT: fc.constant('7s'),
      PILOTLESS_REFRESH: fc.constant('9s'),
    },
    { requiredKeys: [] },
  ),
});

const node: fc.Arbitrary<TestNode> = fc
  .tuple(arbitraryNode, otherFacts)
  .map(([facts, others]) => ({ ...facts, ...others }));

/** Two nodes that differ in a few facts alone, so that they often share a view. */
export const similarNodes: fc.Arbitrary<readonly [TestNode, TestNode]> = fc
  .tuple(node, node)
  .chain(([one, other]) =>
    fc
      .subarray(Object.keys(one) as (keyof TestNode)[], { minLength: 1, maxLength: 2 })
      .map((changed) => [one, { ...one, ...Object.fromEntries(changed.map((fact) => [fact, other[fact]])) }] as const),
  );
