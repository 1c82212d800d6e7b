import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';

/** A host `<namespace>.test` that is exported as said; nothing is said where `exportTo` is empty. */
const entry = (namespace: string, exportTo: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a, namespace: ${namespace} }
spec:
  hosts: [${namespace}.test]
  ports: [{ name: http, number: 80 }]
  resolution: DNS
  ${exportTo}
`;
const mesh = (meshConfig: string): string => `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: ${meshConfig} }
`;

const hostsSeenFrom = (namespace: string, ...documents: readonly string[]): readonly string[] =>
  lineOf(documents.join('---'), { type: 'sidecar', namespace }).view.services.map(({ service }) => service.hostname);

test('G-3: everybody, the own namespace, nobody, or namespaces by name; without a word the mesh’s default holds', () => {
  for (const [exportTo, seen] of [
    ["exportTo: ['*']", ['own', 'named', 'other']],
    ["exportTo: ['.']", ['own']],
    ["exportTo: ['~']", []],
    ["exportTo: ['~', named]", []],
    ['exportTo: [named]', ['named']],
    ["exportTo: ['.', named]", ['own', 'named']],
    ['exportTo: []', ['own', 'named', 'other']],
    ['', ['own', 'named', 'other']],
  ] as const) {
    const viewers = ['own', 'named', 'other'].filter((from) => hostsSeenFrom(from, entry('own', exportTo)).length > 0);
    assert.deepEqual(viewers, seen, exportTo);
  }
  const closed = mesh("{ defaultServiceExportTo: ['.'] }");
  assert.deepEqual(hostsSeenFrom('other', closed, entry('own', '')), []);
  assert.deepEqual(hostsSeenFrom('own', closed, entry('own', '')), ['own.test']);
  assert.deepEqual(hostsSeenFrom('other', closed, entry('own', "exportTo: ['*']")), ['own.test']);
});

test('G-4: the root namespace is istio-system, unless the mesh names another', () => {
  const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: everywhere, namespace: ROOT }
spec: { host: '*.test', trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 } } } }
`;
  const isPooled = (root: string, ...documents: readonly string[]): boolean =>
    lineOf([entry('own', ''), rule.replace('ROOT', root), ...documents].join('---')).view.services.some(
      ({ policy }) => policy?.blocks.pool?.maxConnections === 7,
    );
  assert.equal(isPooled('istio-system'), true);
  assert.equal(isPooled('platform'), false);
  const renamed = mesh('{ rootNamespace: platform }');
  assert.equal(isPooled('istio-system', renamed), false);
  assert.equal(isPooled('platform', renamed), true);
});
