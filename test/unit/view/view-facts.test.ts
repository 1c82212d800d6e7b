import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { resourcesOf } from '../../support/documents.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';

const served = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  resolution: STATIC
  ports: [{ name: h, number: 80, targetPort: 8080 }, { name: t, number: 90, targetPort: 7070 }]
  endpoints: [{ address: 10.0.0.1 }, { address: 10.0.0.2 }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: b }
spec: { hosts: [b.com], resolution: STATIC, ports: [{ name: h, number: 81, targetPort: 8080 }], endpoints: [{ address: 10.0.0.1 }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: c, namespace: other }
spec: { hosts: [c.com], resolution: STATIC, ports: [{ name: h, number: 82 }], endpoints: [{ address: 10.0.0.1 }] }
`;
const policy = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec: { host: a.com, workloadSelector: { matchLabels: { app: x } }, trafficPolicy: { outlierDetection: {} } }
`;

const factsOf = (text: string, node: Omit<TestNode, 'type'>) => {
  const world = buildWorld(resourcesOf(text)).value;
  return viewFacts(world, proxyFacts({ type: 'sidecar', ...node }));
};
const keyOf = (text: string, node: Omit<TestNode, 'type'>) => viewKey(factsOf(text, node));

test('SR-12, SE-15: own ports are those served at the proxy’s addresses in its namespace, by target port, oldest service first', () => {
  assert.deepEqual(factsOf(served, { ips: ['10.0.0.1'] }).ownPorts, [
    { service: 'default/a.com', port: 90, targetPort: 7070 },
    { service: 'default/a.com', port: 80, targetPort: 8080 },
    { service: 'default/b.com', port: 81, targetPort: 8080 },
  ]);
  assert.deepEqual(factsOf(served, { ips: ['10.9.9.9'] }).ownPorts, []);
});

test('SE-15: the namespace of the workload decides about own ports, where the node says another one for its view', () => {
  const { ownPorts, namespace } = factsOf(served, {
    ips: ['10.0.0.1'],
    namespace: 'edge',
    metadata: { NAMESPACE: 'other' },
  });
  assert.deepEqual(ownPorts, [{ service: 'other/c.com', port: 82, targetPort: 82 }]);
  assert.equal(namespace, 'edge');
});

test('VIEW-2, VIEW-5: equal tasks share a view, whatever their ids and addresses', () => {
  const text = served.replace(/---[^]*/, '');
  assert.equal(keyOf(text, { id: 'one', ips: ['10.0.0.1'] }), keyOf(text, { id: 'two', ips: ['10.0.0.2'] }));
});

test('VIEW-1: a label splits views only where some selector names it', () => {
  const labels = (app: string, pod: string) => ({ labels: { app, pod } });
  assert.equal(keyOf(served, labels('x', '1')), keyOf(served, labels('y', '2')));
  assert.notEqual(keyOf(served + '---' + policy, labels('x', '1')), keyOf(served + '---' + policy, labels('y', '1')));
  assert.equal(keyOf(served + '---' + policy, labels('x', '1')), keyOf(served + '---' + policy, labels('x', '2')));
});

test('VIEW-1: a locality splits views only where load balancing looks at it', () => {
  assert.equal(keyOf(served, { locality: 'r/a' }), keyOf(served, { locality: 'r/b' }));
  assert.notEqual(
    keyOf(served + '---' + policy, { locality: 'r/a' }),
    keyOf(served + '---' + policy, { locality: 'r/b' }),
  );
});

test('VIEW-2, NW-7: the cluster splits views only where a service stays within one', () => {
  const inKubernetes = served.replace('hosts: [a.com]', 'hosts: [dns.kube-system.svc.cluster.local]');
  assert.equal(keyOf(served, { clusterId: 'one' }), keyOf(served, { clusterId: 'two' }));
  assert.notEqual(keyOf(inKubernetes, { clusterId: 'one' }), keyOf(inKubernetes, { clusterId: 'two' }));
});

test('VIEW-2, LB-8: whether a proxy has labels at all splits views only where a label is asked for', () => {
  const labelled = { labels: { app: 'x' } };
  assert.equal(keyOf(served, {}), keyOf(served, labelled));
  const byLabel = `${served}---${policy.replace('outlierDetection: {}', 'outlierDetection: {}, loadBalancer: { localityLbSetting: { failoverPriority: [rack] } }')}`;
  assert.notEqual(keyOf(byLabel, {}), keyOf(byLabel, { labels: { pod: '1' } }));
});

test('VIEW-2: what no stage reads splits no view, network and version among it', () => {
  const base = { labels: { pod: '1' } };
  const others = { network: 'n', serviceAccount: 'other', metadata: { ISTIO_VERSION: '1.20.0' } };
  assert.equal(keyOf(`${served}---${policy}`, base), keyOf(`${served}---${policy}`, { ...base, ...others }));
});

test('VIEW-1: role, namespace, interception, family and own ports split views', () => {
  const base = { ips: ['10.9.9.9'] };
  const keys = [
    keyOf(served, base),
    keyOf(served, { ...base, namespace: 'other' }),
    keyOf(served, { ...base, metadata: { INTERCEPTION_MODE: 'NONE' } }),
    keyOf(served, { ips: ['fd00::1'] }),
    keyOf(served, { ips: ['10.0.0.1'] }),
  ];
  assert.equal(new Set(keys).size, keys.length);
});

test('VIEW-1: a service that asks clients to stay near makes their places matter', () => {
  const near = served.replace(
    'metadata: { name: a }',
    'metadata: { name: a, annotations: { networking.istio.io/traffic-distribution: PreferClose } }',
  );
  const at = (zone: string) => ({ locality: `r/${zone}`, labels: { 'topology.kubernetes.io/zone': zone } });
  assert.notEqual(keyOf(near, at('a')), keyOf(near, at('b')));
  assert.equal(keyOf(served, at('a')), keyOf(served, at('b')));
});

test('VIEW-2: what stands before a proxy decides for routers alone', () => {
  const metadata = { PROXY_CONFIG: { gatewayTopology: { numTrustedProxies: 1 } } };
  assert.equal(keyOf('', { metadata }), keyOf('', {}));
  const world = buildWorld([]).value;
  const routers = [{}, { metadata }].map((node) => viewKey(viewFacts(world, proxyFacts({ type: 'router', ...node }))));
  assert.notEqual(routers[0], routers[1]);
});
