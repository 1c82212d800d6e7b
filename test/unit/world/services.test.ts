import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';
import { lineOf } from '../../support/line.ts';
import { entry, mesh, namespaceWith, servicesOf, service } from '../../support/services.ts';

test('SE-13, SR-4: entries of one host are one service, by the oldest; like ones add ports, all add endpoints', () => {
  const spec = (name: string, number: number, address: string): string =>
    `{ hosts: [a.com], resolution: STATIC, ports: [{ name: ${name}, number: ${number} }], endpoints: [{ address: ${address} }] }`;
  const young = entry(spec('new', 81, '10.0.0.2'), "{ name: young, creationTimestamp: '2025-01-01T00:00:00Z' }");
  const old = entry(spec('old', 80, '10.0.0.1'), "{ name: old, creationTimestamp: '2024-01-01T00:00:00Z' }");
  const { services, endpoints } = servicesOf([young, old].join('---'));
  assert.deepEqual(
    services.map(({ source, ports }) => [source, ports.map(({ number }) => number)]),
    [['ServiceEntry/default/old', [80, 81]]],
  );
  assert.deepEqual(
    endpoints('default/a.com').map(({ address }) => address),
    ['10.0.0.1', '10.0.0.2'],
  );
});

test('SR-4: a Service replaces an older ServiceEntry of its name, which is told so', () => {
  const text = [
    entry(
      '{ hosts: [web.default.svc.cluster.local], ports: [{ name: x, number: 9 }] }',
      "{ name: squatter, creationTimestamp: '2020-01-01T00:00:00Z' }",
    ),
    service(
      '{ clusterIP: 10.0.0.1, ports: [{ name: http, port: 80 }] }',
      "{ name: web, creationTimestamp: '2024-01-01T00:00:00Z' }",
    ),
  ].join('---');
  const { value, issues } = buildWorld(unadmittedResourcesOf(text));
  assert.deepEqual(
    value.services.map(({ source, ports }) => [source, ports.map(({ number }) => number)]),
    [['Service/default/web', [80]]],
  );
  assert.deepEqual(
    issues.map(({ code, resource }) => [code, resource]),
    [['SERVICE_SHADOWED', 'ServiceEntry/default/squatter']],
  );
});

test('SR-17: a service may ask clients to stay near, in its spec word for word or in an annotation in any case', () => {
  const wish = (text: string) => servicesOf(text).services[0]?.trafficDistribution;
  const annotated = (word: string): string =>
    `{ name: a, annotations: { networking.istio.io/traffic-distribution: ${word} } }`;
  const port = 'ports: [{ port: 80 }]';
  assert.equal(wish(service(`{ trafficDistribution: PreferClose, ${port} }`)), 'same-zone');
  assert.equal(wish(service(`{ trafficDistribution: PreferSameNode, ${port} }`)), 'same-node');
  assert.equal(wish(service(`{ trafficDistribution: preferclose, ${port} }`)), undefined);
  assert.equal(wish(service(`{ ${port} }`, annotated('preferSAMEzone'))), 'same-zone');
  assert.equal(wish(entry('{ hosts: [a.com] }', annotated('PreferClose'))), 'same-zone');
  assert.equal(wish(entry('{ hosts: [a.com] }', annotated('Nonsense'))), undefined);
});

test('SR-10: SPIFFE names stand under every alias of the trust domain too, other names do not', () => {
  const text = entry(
    '{ hosts: [a.com], resolution: STATIC, subjectAltNames: [a.internal], endpoints: [{ address: 10.0.0.1, serviceAccount: sa }] }',
  );
  assert.deepEqual(
    servicesOf([text, mesh('{ trustDomainAliases: [old.example] }')].join('---')).services[0]?.accounts,
    ['a.internal', 'spiffe://cluster.local/ns/default/sa/sa', 'spiffe://old.example/ns/default/sa/sa'],
  );
});

test('SR-1: what a service is, whatever document it came from', () => {
  const { services } = servicesOf(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, creationTimestamp: '2024-01-01T00:00:00Z', labels: { tier: front } }
spec: { clusterIP: 10.0.0.1, ports: [{ name: http, port: 80 }], trafficDistribution: PreferClose }
`);
  assert.deepEqual(services, [
    {
      source: 'Service/shop/web',
      hostname: 'web.shop.svc.cluster.local',
      namespace: 'shop',
      name: 'web',
      registry: 'kubernetes',
      createdAt: '2024-01-01T00:00:00Z',
      resolution: 'static',
      addresses: ['10.0.0.1'],
      ports: [{ name: 'http', number: 80, protocol: 'http' }],
      isMeshExternal: false,
      visibility: { to: 'everyone' },
      labels: { tier: 'front' },
      accounts: [],
      trafficDistribution: 'same-zone',
    },
  ]);
});

test('SR-1: one host in two namespaces is two services', () => {
  const { services } = servicesOf(
    [
      entry('{ hosts: [a.com] }', '{ name: a, namespace: b }'),
      entry('{ hosts: [a.com] }', '{ name: a, namespace: c }'),
    ].join('---'),
  );
  assert.deepEqual(
    services.map(({ namespace, hostname }) => [namespace, hostname]),
    [
      ['b', 'a.com'],
      ['c', 'a.com'],
    ],
  );
});

test('SR-3: services are sorted by age, then by name and namespace, whatever the order of documents and what they are called', () => {
  const dated = (metadata: string, host: string, year: number): string =>
    entry(`{ hosts: [${host}] }`, `{ ${metadata}, creationTimestamp: '${year}-01-01T00:00:00Z' }`);
  const texts = [
    dated('name: one, namespace: n', 'z.com', 2020),
    dated('name: three, namespace: m', 'a.com', 2021),
    dated('name: two, namespace: n', 'a.com', 2021),
    dated('name: four, namespace: a', 'b.com', 2021),
  ];
  for (const order of [texts, texts.toReversed()]) {
    assert.deepEqual(
      servicesOf(order.join('---')).services.map(({ source }) => source),
      ['ServiceEntry/n/one', 'ServiceEntry/m/three', 'ServiceEntry/n/two', 'ServiceEntry/a/four'],
    );
  }
});

test('SR-9: instances are found by host and port; a port that none serves has none', () => {
  const { endpoints } = servicesOf(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.0.0.1, ports: [{ name: http, port: 80 }, { name: dns, port: 53, protocol: UDP }, { name: idle, port: 81 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: shop, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 8080 }, { name: dns, port: 5353, protocol: UDP }]
endpoints: [{ addresses: [10.1.0.1] }]
`);
  const found = endpoints('shop/web.shop.svc.cluster.local').map(({ portName, port }) => [portName, port]);
  assert.deepEqual(found, [['http', 8080]]);
  assert.deepEqual(endpoints('shop/nobody.shop.svc.cluster.local'), []);
});

test('SR-9: a port of UDP has no resource', () => {
  const { resources } = lineOf(`
apiVersion: v1
kind: Service
metadata: { name: dns, namespace: shop }
spec: { clusterIP: 10.0.0.1, ports: [{ name: dns, port: 53, protocol: UDP }] }
`);
  assert.ok(!JSON.stringify(resources).includes('dns.shop'));
});

test('SR-17: where neither spec nor annotation of a service says it, its namespace does, and no other', () => {
  const near = namespaceWith('annotations: { networking.istio.io/traffic-distribution: PreferClose }');
  const distribution = (metadata: string): unknown =>
    servicesOf([entry('{ hosts: [a.com] }', metadata), near].join('---')).services[0]?.trafficDistribution;
  assert.equal(distribution('{ name: a }'), 'same-zone');
  assert.equal(distribution('{ name: a, namespace: other }'), undefined);
  const annotated = (word: string) => `{ name: a, annotations: { networking.istio.io/traffic-distribution: ${word} } }`;
  assert.equal(distribution(annotated('PreferSameNode')), 'same-node');
  assert.equal(distribution(annotated('nonsense')), undefined);
  const service = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { clusterIP: 10.0.0.1, ports: [{ port: 80 }] }
`;
  assert.equal(servicesOf([service, near].join('---')).services[0]?.trafficDistribution, 'same-zone');
});
