import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterIr } from '../../../lib/ir/cluster.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const names = (text: string, node: TestNode): readonly string[] =>
  lineOf(text, node).ir.clusters.map(({ name }) => name);
const cluster = (text: string, node: TestNode, name: string): ClusterIr => {
  const found = lineOf(text, node).ir.clusters.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
};

const served = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a, creationTimestamp: '2020-01-01T00:00:00Z' }
spec:
  hosts: [a.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ name: http, number: 80, protocol: HTTP, targetPort: 8080 }]
  endpoints: [{ address: 10.0.0.1 }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: b, creationTimestamp: '2021-01-01T00:00:00Z' }
spec:
  hosts: [b.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ name: grpc, number: 80, protocol: GRPC, targetPort: 8080 }, { name: tcp, number: 90, protocol: TCP }]
  endpoints: [{ address: 10.0.0.1 }]
`;
const policy = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec:
  host: a.com
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 3 }, http: { h2UpgradePolicy: UPGRADE } }
    outlierDetection: {}
    loadBalancer: { simple: RANDOM }
`;
const mesh = (meshConfig: string): string => `---
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: ${meshConfig} }
`;
const mine: TestNode = { type: 'sidecar', ips: ['10.0.0.1'] };

test('CL-7: the fixed clusters of a sidecar and of a router', () => {
  assert.deepEqual(names('', { type: 'sidecar' }), [
    'BlackHoleCluster',
    'InboundPassthroughCluster',
    'PassthroughCluster',
  ]);
  assert.deepEqual(names('', { type: 'router' }), ['BlackHoleCluster']);
});

test('CL-7: passed-through connections speak what the client spoke, and do not stay idle for ever', () => {
  const { http, choice, discovery, statName } = cluster('', { type: 'sidecar' }, 'PassthroughCluster');
  assert.deepEqual([http?.protocol, http?.idleTimeout], ['downstream', 300_000]);
  assert.deepEqual([choice.by, discovery.type, statName], ['discovery', 'original-destination', 'PassthroughCluster;']);
});

test('CL-7: inbound passthrough connects from addresses that redirection leaves alone, by the proxy’s families', () => {
  for (const [ips, sources] of [
    [['10.0.0.9'], ['127.0.0.6']],
    [['fd00::9'], ['::6']],
    [
      ['10.0.0.9', 'fd00::9'],
      ['127.0.0.6', '::6'],
    ],
  ] as const) {
    assert.deepEqual(cluster('', { type: 'sidecar', ips }, 'InboundPassthroughCluster').sourceAddresses, sources);
  }
});

test('DR-21: mesh defaults bound the passthrough clusters too', () => {
  const text = mesh('{ defaultTrafficPolicy: { connectionPool: { tcp: { maxConnections: 9, idleTimeout: 1s } } } }');
  const { limits, http } = cluster(text, { type: 'sidecar' }, 'PassthroughCluster');
  assert.deepEqual([limits?.connections, http?.idleTimeout], [9, 1000]);
});

test('CL-9: one inbound cluster per own port; the oldest service says its settings, all are named', () => {
  assert.deepEqual(
    names(served, mine).filter((name) => name.startsWith('inbound|')),
    ['inbound|8080||', 'inbound|90||'],
  );
  const { http, metadata, discovery, sourceAddresses } = cluster(served, mine, 'inbound|8080||');
  assert.equal(http, undefined);
  assert.deepEqual(
    metadata.services.map(({ host }) => host),
    ['a.com', 'b.com'],
  );
  assert.deepEqual(discovery, { type: 'original-destination', port: undefined, keepsHosts: true });
  assert.deepEqual(sourceAddresses, ['127.0.0.6']);
});

test('CL-9: no inbound cluster where nothing is redirected, for a router, or for a stranger', () => {
  const inbound = (node: TestNode): readonly string[] =>
    names(served, node).filter((name) => name.startsWith('inbound|'));
  assert.deepEqual(inbound({ ...mine, metadata: { INTERCEPTION_MODE: 'NONE' } }), []);
  assert.deepEqual(inbound({ ...mine, type: 'router' }), []);
  assert.deepEqual(inbound({ ...mine, ips: ['10.0.0.2'] }), []);
});

test('CL-9: the mesh may send inbound traffic to loopback', () => {
  const text = served + mesh('{ inboundTrafficPolicy: { mode: LOCALHOST } }');
  const { discovery, sourceAddresses } = cluster(text, mine, 'inbound|8080||');
  assert.ok(discovery.type === 'static');
  assert.deepEqual(discovery.groups[0]?.endpoints[0]?.address, { type: 'socket', address: '127.0.0.1', port: 8080 });
  assert.deepEqual(sourceAddresses, []);
});

test('CL-9: a dual-stack proxy connects to itself from both families, Istio’s own from one', () => {
  const node = { ...mine, ips: ['10.0.0.1', 'fd00::1'] };
  assert.deepEqual(cluster(served, node, 'inbound|8080||').sourceAddresses, ['127.0.0.6', '::6']);
  const istio: TestNode = { ...node, profile: 'istio-proxy' };
  assert.deepEqual(cluster(served, istio, 'inbound|8080||').sourceAddresses, ['127.0.0.6']);
});

test('CL-10: of a policy only the pool counts inbound, and it does not change the protocol', () => {
  const found = cluster(served + policy, mine, 'inbound|8080||');
  assert.equal(found.limits?.connections, 3);
  assert.deepEqual([found.outlier, found.choice, found.http], [undefined, { by: 'discovery' }, undefined]);
});

test('CL-12: inbound clusters are counted by the mesh’s pattern', () => {
  const text = served + mesh("{ inboundClusterStatName: '%SERVICE_FQDN%_%TARGET_PORT%' }");
  assert.equal(cluster(text, mine, 'inbound|8080||').statName, 'a.com_8080;');
});
