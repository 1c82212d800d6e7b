import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const entry = (host: string, metadata: string, exportTo = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: ${metadata}
spec: { hosts: [${host}], ${exportTo} }
`;
const seenBy = (node: TestNode, texts: readonly string[]): readonly string[] =>
  lineOf(texts.join('---'), node).view.services.map(({ service }) => service.source);
const seen = (namespace: string, ...texts: readonly string[]): readonly string[] =>
  seenBy({ type: 'sidecar', namespace }, texts);

test('SR-5, SR-7: exportTo says who sees a service; a list that leaves out its own namespace hides it there', () => {
  for (const [exportTo, own, other] of [
    ['', 1, 1],
    ["exportTo: ['*', '~']", 1, 1],
    ["exportTo: ['.']", 1, 0],
    ['exportTo: [b]', 0, 1],
    ["exportTo: ['~', b]", 0, 0],
  ] as const) {
    const text = entry('a.com', '{ name: a, namespace: a }', exportTo);
    assert.deepEqual([seen('a', text).length, seen('b', text).length], [own, other], exportTo);
  }
});

test('SR-6: private and exported services come before public ones, the oldest first', () => {
  const at = (year: number): string => `creationTimestamp: '${year}-01-01T00:00:00Z'`;
  const order = seen(
    'a',
    entry('1.com', `{ name: public, namespace: a, ${at(2020)} }`),
    entry('2.com', `{ name: exported, namespace: b, ${at(2023)} }`, 'exportTo: [a]'),
    entry('3.com', `{ name: private, namespace: a, ${at(2024)} }`, "exportTo: ['.']"),
    entry('4.com', `{ name: older, namespace: a, ${at(2021)} }`, "exportTo: ['.']"),
  );
  assert.deepEqual(
    order.map((source) => source.split('/')[2]),
    ['older', 'private', 'exported', 'public'],
  );
});

test('SC-11: of one host name, the viewer’s own service counts, then a Service, then the oldest', () => {
  const host = 'web.k.svc.cluster.local';
  const service = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: k }
spec: {}
`;
  const mine = entry(host, '{ name: mine, namespace: a }');
  const old = entry(host, "{ name: old, namespace: b, creationTimestamp: '2020-01-01T00:00:00Z' }");
  const young = entry(host, "{ name: young, namespace: c, creationTimestamp: '2021-01-01T00:00:00Z' }");
  assert.deepEqual(seen('a', service, mine, old), ['ServiceEntry/a/mine']);
  assert.deepEqual(seen('z', service, mine, old), ['Service/k/web']);
  assert.deepEqual(seen('z', young, old), ['ServiceEntry/b/old']);
});

test('SC-4: to a router of its own namespace a service is like any other of the host', () => {
  const mine = entry('a.com', "{ name: mine, namespace: a, creationTimestamp: '2021-01-01T00:00:00Z' }");
  const old = entry('a.com', "{ name: old, namespace: b, creationTimestamp: '2020-01-01T00:00:00Z' }");
  assert.deepEqual(seenBy({ type: 'sidecar', namespace: 'a' }, [mine, old]), ['ServiceEntry/a/mine']);
  assert.deepEqual(seenBy({ type: 'router', namespace: 'a' }, [mine, old]), ['ServiceEntry/b/old']);
});

const allocated = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec: { hosts: [a.com], resolution: STATIC, ports: [{ name: h, number: 80 }] }
status: { addresses: [{ host: a.com, value: 240.240.0.1 }, { host: a.com, value: '2001:2::1' }, { host: b.com, value: 240.240.0.2 }] }
`;
const addresses = (text: string, node: object): readonly string[] | undefined =>
  lineOf(text, { type: 'sidecar', ...node }).view.services[0]?.service.addresses;

test('SE-17, SE-20, SR-14: an allocated address is for proxies that resolve by it, in their families', () => {
  assert.deepEqual(addresses(allocated, {}), []);
  assert.deepEqual(addresses(allocated, { usesAllocatedAddresses: true }), ['240.240.0.1']);
  assert.deepEqual(addresses(allocated, { usesAllocatedAddresses: true, ips: ['fd00::1'] }), ['2001:2::1']);
  assert.deepEqual(addresses(allocated, { usesAllocatedAddresses: true, ips: ['10.0.0.1', 'fd00::1'] }), [
    '240.240.0.1',
    '2001:2::1',
  ]);
});

test('SE-16: no allocated address for an entry that has one, that wants none, or that is passed through', () => {
  for (const text of [
    allocated.replace('hosts:', 'addresses: [10.0.0.9], hosts:'),
    allocated.replace('name: a }', "name: a, labels: { networking.istio.io/enable-autoallocate-ip: 'False' } }"),
    allocated.replace('STATIC', 'NONE'),
  ]) {
    assert.ok(!addresses(text, { usesAllocatedAddresses: true })?.includes('240.240.0.1'), text);
  }
});

const spread = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  resolution: STATIC
  ports: [{ name: h, number: 80 }]
  endpoints: [{ address: 10.0.0.1, network: n1 }, { address: 10.0.0.2, network: n2 }, { address: 10.0.0.3 }]
`;
const endpoints = (text: string, node: object): number | undefined =>
  lineOf(text, { type: 'sidecar', ...node }).view.services[0]?.endpoints.length;

test('NW-1, NW-2, EP-5: a proxy that asks for networks sees their endpoints, and those of no network', () => {
  assert.equal(endpoints(spread, {}), 3);
  assert.equal(endpoints(spread, { networkView: ['n1'] }), 2);
  assert.equal(endpoints(spread, { networkView: ['n1', 'n2'] }), 3);
});

test('NW-5, NW-7, EP-5: a service that is local to its cluster has endpoints there alone; the most specific host counts', () => {
  const mesh = (settings: string): string => `---
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { serviceSettings: ${settings} } }
`;
  const local = "{ settings: { clusterLocal: true }, hosts: ['*.com'] }";
  const notA = '{ settings: { clusterLocal: false }, hosts: [a.com] }';
  assert.equal(endpoints(spread + mesh(`[${local}]`), { clusterId: 'elsewhere' }), 0);
  assert.equal(endpoints(spread + mesh(`[${local}]`), { clusterId: 'Kubernetes' }), 3);
  assert.equal(endpoints(spread + mesh(`[${local}, ${notA}]`), { clusterId: 'elsewhere' }), 3);
});
