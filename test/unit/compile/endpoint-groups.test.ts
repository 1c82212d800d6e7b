import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printLocality } from '../../../lib/base/locality.ts';
import type { EndpointGroup } from '../../../lib/ir/endpoints.ts';
import { compileEndpoints } from '../../../lib/compile/endpoints.ts';
import { buildProxyView } from '../../../lib/view/build-proxy-view.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { cacheToken } from '../../../lib/control/build/xds-cache.ts';
import { pieceMemory } from '../../../lib/control/build/piece-memory.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';
import { lineOf } from '../../support/line.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';

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

const subset = (labels: string): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec: { host: a.com, subsets: [{ name: v1, labels: ${labels} }] }
`;

test('EP-4: a subset has the endpoints that carry all of its labels; without labels it has all', () => {
  const endpoints = entry(
    '[{ address: 10.0.0.1, labels: { v: "1", x: y } }, { address: 10.0.0.2, labels: { v: "1" } }, { address: 10.0.0.3 }]',
  );
  const of = (labels: string, cluster = 'outbound|80|v1|a.com'): number =>
    groups(endpoints + subset(labels), cluster).flatMap((group) => group.endpoints).length;
  assert.equal(of('{ v: "1" }'), 2);
  assert.equal(of('{ v: "1", x: y }'), 1);
  assert.equal(of('{}'), 3);
  assert.equal(of('{ v: "1" }', 'outbound|80||a.com'), 3);
});

test('EP-4: a subset that no rule names has no cluster', () => {
  const { ir } = lineOf(entry('[{ address: 10.0.0.1 }]') + subset('{}'));
  const named = ir.clusters.map(({ name }) => name).filter((name) => name.endsWith('|a.com'));
  assert.deepEqual(named, ['outbound|80|v1|a.com', 'outbound|80||a.com']);
});

test('EP-15: the rule of the client’s own namespace counts, and one client’s ranks are not another’s', () => {
  const text = `${entry('[{ address: 10.0.0.1, locality: r1 }, { address: 10.0.0.2, locality: r2 }]')}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: own, namespace: near }
spec: { host: a.com, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } } }
`;
  const world = buildWorld(unadmittedResourcesOf(text)).value;
  const pieces = pieceMemory();
  const ranks = (node: Partial<TestNode>): readonly (readonly [string, number])[] => {
    const facts = viewFacts(world, proxyFacts({ type: 'sidecar', ...node }));
    const memory = pieces.forBuild({ startedAt: cacheToken(1) }, viewKey(facts));
    const view = buildProxyView(world, facts, memory);
    const found = compileEndpoints(view.value, memory).value.find(({ name }) => name === 'outbound|80||a.com');
    return (found?.groups ?? []).map(({ locality, priority }) => [locality.region, priority]);
  };
  const [r1, r2, far] = [
    { namespace: 'near', locality: 'r1' },
    { namespace: 'near', locality: 'r2' },
    { namespace: 'far', locality: 'r2' },
  ];
  for (const [node, expected] of [
    [
      r1,
      [
        ['r1', 0],
        ['r2', 1],
      ],
    ],
    [
      r2,
      [
        ['r1', 1],
        ['r2', 0],
      ],
    ],
    [
      far,
      [
        ['r1', 0],
        ['r2', 0],
      ],
    ],
    [
      r1,
      [
        ['r1', 0],
        ['r2', 1],
      ],
    ],
  ] as const)
    assert.deepEqual(ranks(node), expected, JSON.stringify(node));
});

test('EP-22: what was remembered of a service’s endpoints before an edit is not given after it', () => {
  const pieces = pieceMemory();
  const addressesIn = (text: string, startedAt: number): readonly string[] => {
    const world = buildWorld(unadmittedResourcesOf(text)).value;
    const facts = viewFacts(world, proxyFacts({ type: 'sidecar' }));
    const memory = pieces.forBuild({ startedAt: cacheToken(startedAt) }, viewKey(facts));
    const { value } = compileEndpoints(buildProxyView(world, facts, memory).value, memory);
    return value.flatMap(({ groups: all }) =>
      all.flatMap(({ endpoints }) =>
        endpoints.map(({ address }) => (address.type === 'socket' ? address.address : address.path)),
      ),
    );
  };
  assert.deepEqual(addressesIn(entry('[{ address: 10.0.0.1 }]'), 1), ['10.0.0.1']);
  assert.deepEqual(addressesIn(entry('[{ address: 10.0.0.2 }]'), 2), ['10.0.0.2']);
  assert.deepEqual(addressesIn(entry('[{ address: 10.0.0.1 }]'), 3), ['10.0.0.1']);
});

test('EP-17: where nothing is known of an endpoint’s place, its locality is written empty', () => {
  const { resources } = lineOf(entry('[{ address: 10.0.0.1 }, { address: 10.0.0.2, locality: r1 }]'));
  const found = resources.find(({ type, name }) => type === 'endpoints' && name === 'outbound|80||a.com');
  const { endpoints } = found?.body as { readonly endpoints: readonly { readonly locality: object }[] };
  assert.deepEqual(
    endpoints.map(({ locality }) => locality),
    [{}, { region: 'r1' }],
  );
});

test('SE-14: an instance in two slices, or in a slice and a WorkloadEntry, is one', () => {
  const again = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-2, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: [10.0.0.1] }, { addresses: [10.0.0.9] }]
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: web, labels: { app: web } }
spec: { address: 10.0.0.1, ports: { http: 8080 } }
`;
  const text = service().replace('spec: { clusterIP', 'spec: { selector: { app: web }, clusterIP') + again;
  assert.deepEqual(web(text), ['10.0.0.1 healthy', '10.0.0.2 unhealthy', '10.0.0.9 healthy']);
  assert.equal(groups(text, 'outbound|81||web.default.svc.cluster.local').length, 1); // a slice has only the ports that it names
});
