import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../../lib/base/hashing.ts';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

/** A client that serves nothing itself. */
const CLIENT: TestNode = { type: 'sidecar', ips: ['10.9.9.9'] };

/** Which types an edit sends anew: what is equal is not sent, whatever happened to its documents (BLD-3). */
function touched(before: string, after: string, node = CLIENT): readonly string[] {
  const bodies = (text: string): ReadonlyMap<string, string> => {
    const byType = Map.groupBy(lineOf(text, node).resources, ({ type }: EnvoyResource) => type);
    return new Map([...byType].map(([type, all]) => [type, canonicalJson(all)]));
  };
  const [one, two] = [bodies(before), bodies(after)];
  return [...new Set([...one.keys(), ...two.keys()])].filter((type) => one.get(type) !== two.get(type)).sort();
}

const entry = (endpoints: string, changes = '', ports = '{ name: http, number: 80, protocol: HTTP }'): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [${ports}]
  endpoints: [${endpoints}]
  ${changes}
---`;
const workload = (spec: string, labels = '{ app: a }'): string => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: w, labels: ${labels} }
spec: ${spec}
---`;
const selecting = (resolution: string, target = 8080): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  resolution: ${resolution}
  ports: [{ name: http, number: 80, protocol: HTTP, targetPort: ${target} }]
  workloadSelector: { labels: { app: a } }
---`;
const [one, two] = ['{ address: 10.0.0.1 }', '{ address: 10.0.0.2 }'];

test('EP-18: the last endpoint that goes and comes again touches endpoints alone, and its cluster stays', () => {
  assert.deepEqual(touched(entry(one), entry('')), ['endpoints']);
  assert.deepEqual(touched(entry(''), entry(one)), ['endpoints']);
  const empty = lineOf(entry('')).ir.endpoints.find(({ name }) => name === 'outbound|80||a.com');
  assert.deepEqual(empty?.groups, []);
});

test('EP-18: a service that goes takes its endpoints with it', () => {
  assert.ok(!lineOf('').ir.endpoints.some(({ name }) => name.endsWith('|a.com')));
  assert.deepEqual(touched(entry(one), ''), ['clusters', 'endpoints', 'listeners', 'routes']);
});

test('EP-19, SE-12: a service that is new touches every type', () => {
  assert.deepEqual(touched('', entry(one)), ['clusters', 'endpoints', 'listeners', 'routes']);
});

test('EP-20, SR-21: another address of the same accounts touches endpoints alone; the order of a document nothing', () => {
  assert.deepEqual(touched(entry(one), entry(two)), ['endpoints']);
  assert.deepEqual(touched(entry(one), entry(`${one}, ${two}`)), ['endpoints']);
  assert.deepEqual(touched(entry(one), entry(one)), []);
});

test('EP-21: an endpoint that is not sent touches nothing; one that turns unhealthy or healthy is sent', () => {
  const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec: { host: web, trafficPolicy: { outlierDetection: { minHealthPercent: 10 } } }
---`;
  const web = (endpoints: string): string => `${rule}
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.1.0.1, ports: [{ name: http, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 80 }]
endpoints: [${endpoints}]
`;
  const [well, ill] = ['{ addresses: [10.0.0.1] }', '{ addresses: [10.0.0.2], conditions: { ready: false } }'];
  assert.deepEqual(touched(web(well), web(`${well}, ${ill}`)), []);
  assert.deepEqual(touched(web(`${well}, ${ill}`), web(`${well}, { addresses: [10.0.0.2] }`)), ['endpoints']);
  assert.deepEqual(touched(web(`${well}, ${ill}`), web(ill)), ['endpoints']);
});

test('EP-21: weight, locality and labels of an endpoint count', () => {
  for (const changed of ['weight: 2', 'locality: r/z', 'labels: { app: a }']) {
    assert.deepEqual(touched(entry(one), entry(`{ address: 10.0.0.1, ${changed} }`)), ['endpoints'], changed);
  }
});

test('EP-23: an endpoint that went and came again between two builds is there', () => {
  assert.equal(touched(entry(one), entry(one)).length, 0);
  const back = lineOf(entry(one)).ir.endpoints.flatMap(({ groups }) => groups.flatMap(({ endpoints }) => endpoints));
  assert.equal(back.length, 1);
});

test('EP-24: instances of a headless service have listeners where it speaks TCP, and none where it speaks HTTP', () => {
  const headless = (port: string, endpoints: string): string => `
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, ports: [{ name: ${port}, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-1, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: ${port}, port: 80 }]
endpoints: [${endpoints}]
`;
  const [first, both] = ['{ addresses: [10.0.0.1] }', '{ addresses: [10.0.0.1] }, { addresses: [10.0.0.2] }'];
  assert.ok(touched(headless('tcp', first), headless('tcp', both)).includes('listeners'));
  assert.ok(!touched(headless('http', first), headless('http', both)).includes('listeners'));
});

test('SE-12: the address of a workload is the endpoints’, but the clusters’ where the proxy resolves the name', () => {
  const moved = (resolution: string) =>
    touched(
      selecting(resolution) + workload('{ address: 10.0.0.1 }'),
      selecting(resolution) + workload('{ address: 10.0.0.2 }'),
    );
  assert.deepEqual(moved('STATIC'), ['endpoints']);
  assert.deepEqual(moved('DNS'), ['clusters']);
});

test('SE-12: a workload that is no longer selected is the endpoints’; its own proxy loses what it served', () => {
  const before = selecting('STATIC') + workload('{ address: 10.0.0.1 }');
  const after = selecting('STATIC') + workload('{ address: 10.0.0.1 }', '{ app: b }');
  assert.deepEqual(touched(before, after), ['endpoints']);
  assert.deepEqual(touched(before, after, { type: 'sidecar', ips: ['10.0.0.1'] }), [
    'clusters',
    'endpoints',
    'listeners',
  ]);
});

test('SE-12: another target port is the endpoints’, and for the proxy that serves it a chain of its own', () => {
  const at = workload('{ address: 10.0.0.1 }');
  const [before, after] = [selecting('STATIC', 8080) + at, selecting('STATIC', 9090) + at];
  assert.deepEqual(touched(before, after), ['endpoints']);
  assert.ok(touched(before, after, { type: 'sidecar', ips: ['10.0.0.1'] }).includes('listeners'));
});

test('SE-14: each entry that selects a workload has an instance of it, and none when it goes', () => {
  const both = selecting('STATIC') + selecting('STATIC').replace('name: a', 'name: b').replace('a.com', 'b.com');
  const counts = (text: string) =>
    lineOf(text)
      .ir.endpoints.filter(({ name }) => name.endsWith('.com'))
      .map(({ name, groups }) => [name, groups.length]);
  assert.deepEqual(counts(both + workload('{ address: 10.0.0.1 }')), [
    ['outbound|80||a.com', 1],
    ['outbound|80||b.com', 1],
  ]);
  assert.deepEqual(counts(both), [
    ['outbound|80||a.com', 0],
    ['outbound|80||b.com', 0],
  ]);
});
