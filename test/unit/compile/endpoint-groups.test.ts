import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printLocality } from '../../../lib/base/locality.ts';
import type { EndpointGroup } from '../../../lib/ir/endpoints.ts';
import { lineOf } from '../../support/line.ts';

const service = (labels = '{}'): string => `
apiVersion: v1
kind: Service
metadata: { name: web, labels: ${labels} }
spec: { clusterIP: 10.1.0.1, ports: [{ name: http, port: 80 }, { name: admin, port: 81 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints:
  - { addresses: [10.0.0.1] }
  - { addresses: [10.0.0.2], conditions: { ready: false } }
  - { addresses: [10.0.0.3], conditions: { ready: false, serving: true, terminating: true } }
  - { addresses: [10.0.0.4], conditions: { ready: false, terminating: true } }
`;
const rule = (spec: string): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web }
spec: { host: web, trafficPolicy: ${spec} }
`;
const entry = (endpoints: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  resolution: STATIC
  ports: [{ name: http, number: 80 }]
  endpoints: ${endpoints}
`;

const groups = (text: string, cluster = 'outbound|80||a.com'): readonly EndpointGroup[] =>
  lineOf(text).ir.endpoints.find(({ name }) => name === cluster)?.groups ?? [];
const web = (text: string): readonly string[] =>
  groups(text, 'outbound|80||web.default.svc.cluster.local').flatMap(({ endpoints }) =>
    endpoints.map(({ address, health }) => `${address.type === 'socket' ? address.address : address.path} ${health}`),
  );

test('EP-1: endpoints belong to a port by its name', () => {
  assert.deepEqual(groups(service(), 'outbound|81||web.default.svc.cluster.local'), []);
});

test('EP-6, EP-7: unhealthy endpoints are sent as such, terminating ones never', () => {
  assert.deepEqual(web(service()), ['10.0.0.1 healthy', '10.0.0.2 unhealthy']);
});

test('EP-6: unhealthy endpoints are left out where a panic threshold would use them', () => {
  assert.deepEqual(web(service() + rule('{ outlierDetection: { minHealthPercent: 1 } }')), ['10.0.0.1 healthy']);
  assert.equal(web(service() + rule('{ outlierDetection: { minHealthPercent: 0 } }')).length, 2);
});

test('EP-6: a service that asks clients to stay near has its unhealthy endpoints counted in any case', () => {
  const near = service().replace('spec: { clusterIP', 'spec: { trafficDistribution: PreferClose, clusterIP');
  assert.equal(web(near + rule('{ outlierDetection: { minHealthPercent: 1 } }')).length, 2);
});

test('EP-8: draining endpoints are for services whose sessions stay', () => {
  assert.deepEqual(web(service('{ istio.io/persistent-session: cookie }')), [
    '10.0.0.1 healthy',
    '10.0.0.2 unhealthy',
    '10.0.0.3 draining',
  ]);
});

test('EP-3: EDS leaves out host names, and keeps sockets', () => {
  const [group] = groups(entry('[{ address: 10.0.0.1 }, { address: b.com }, { address: "unix:///s" }]'));
  assert.deepEqual(
    group?.endpoints.map(({ address }) => address),
    [
      { type: 'socket', address: '10.0.0.1', port: 80 },
      { type: 'pipe', path: '/s' },
    ],
  );
});

test('EP-9: one group per locality, in the order of their names, weighted by their endpoints', () => {
  const found = groups(
    entry(`
    - { address: 10.0.0.1, locality: r2/z1, weight: 5 }
    - { address: 10.0.0.2, locality: r1/z1 }
    - { address: 10.0.0.3, locality: r2/z1 }
    - { address: 10.0.0.4 }`),
  );
  assert.deepEqual(
    found.map(({ locality, weight, priority }) => [printLocality(locality), weight, priority]),
    [
      ['', 1, 0],
      ['r1/z1', 1, 0],
      ['r2/z1', 6, 0],
    ],
  );
});

test('EP-11: who serves, for statistics', () => {
  const workloads = (labels: string): readonly string[] =>
    groups(entry(`[{ address: 10.0.0.1, labels: ${labels} }]`)).flatMap((group) =>
      group.endpoints.map(({ workload }) => workload),
    );
  assert.deepEqual(workloads('{}'), ['a-0;default;a-0;;Kubernetes']);
  assert.deepEqual(workloads('{ app: x, version: v1 }'), ['a-0;default;x;v1;Kubernetes']);
  assert.deepEqual(workloads('{ app: x, service.istio.io/canonical-name: y, version: latest }'), [
    'a-0;default;y;;Kubernetes',
  ]);
});

test('EP-16: DNS clusters carry their endpoints by the same rules, host names and localities included', () => {
  const text = entry('[{ address: b.com, locality: r1 }, { address: 10.0.0.1, locality: r2 }]').replace(
    'STATIC',
    'DNS',
  );
  const { discovery } = lineOf(text).ir.clusters.find(({ name }) => name === 'outbound|80||a.com') ?? {};
  assert.ok(discovery?.type === 'dns');
  assert.deepEqual(
    discovery.groups.map(({ locality, endpoints }) => [locality.region, endpoints[0]?.address]),
    [
      ['r1', { type: 'socket', address: 'b.com', port: 80 }],
      ['r2', { type: 'socket', address: '10.0.0.1', port: 80 }],
    ],
  );
});
