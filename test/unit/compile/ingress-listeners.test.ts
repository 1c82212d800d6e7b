import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, type Line } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';
import { summary } from '../../support/proxy-view.ts';

const sidecar = (spec: string): string => `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: own }
spec: { ${spec} }
`;
/** A service on port 7070 of the very proxy that is looked at. */
const ownService = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: own }
spec:
  hosts: [own.test]
  resolution: STATIC
  ports: [{ name: http, number: 7070, protocol: HTTP }]
  endpoints: [{ address: 10.0.0.1 }]
`;
const listener = (number: number, more = ''): string =>
  `{ port: { number: ${number}, protocol: TCP, name: p${number} } ${more} }`;
const line = (documents: readonly string[], node: Omit<TestNode, 'type'> = {}): Line =>
  lineOf(documents.join('---'), { type: 'sidecar', ...node });
const inbound = ({ ir }: Line) => ir.listeners.filter(({ direction }) => direction === 'inbound');
const alone = { metadata: { INTERCEPTION_MODE: 'NONE' } };

test('LS-24: without interception a proxy takes connections where its Sidecar says, and nowhere else', () => {
  const names = (documents: readonly string[], node: Omit<TestNode, 'type'>) =>
    inbound(line(documents, node)).map(({ name }) => name);
  assert.deepEqual(names([ownService], alone), []);
  const ingress = sidecar(`ingress: [${listener(8080, ', bind: 10.0.0.9')}, ${listener(9090)}]`);
  assert.deepEqual(names([ownService, ingress], alone), ['10.0.0.1_9090', '10.0.0.9_8080']);
  const uncaptured = sidecar(`ingress: [${listener(8080, ', captureMode: NONE')}, ${listener(9090)}]`);
  assert.deepEqual(names([ownService, uncaptured], {}), ['10.0.0.1_8080', 'virtualInbound']);
});

test('SC-20: ports that a Sidecar names take the place of those of the workload’s own services', () => {
  const ports = (...documents: readonly string[]) => [
    ...new Set(
      inbound(line([ownService, ...documents])).flatMap(({ chains }) =>
        chains.map(({ match }) => match.destinationPort).filter((port) => port !== 0 && port !== 15006),
      ),
    ),
  ];
  assert.deepEqual(ports(), [7070]);
  assert.deepEqual(ports(sidecar(`ingress: [${listener(8080)}, ${listener(9090)}]`)), [8080, 9090]);
  assert.deepEqual(ports(sidecar("egress: [{ hosts: ['*/*'] }]")), [7070]);
});

test('SC-22: a Sidecar limits the connections of all its ports, and a port its own', () => {
  const pool = (connections: number): string => `{ tcp: { maxConnections: ${connections} } }`;
  const ingress = `ingress: [${listener(8080)}, ${listener(9090, `, connectionPool: ${pool(3)}`)}]`;
  const { ir } = line([sidecar(`inboundConnectionPool: ${pool(7)}, ${ingress}`)]);
  const limits = ir.clusters
    .filter(({ name }) => name.startsWith('inbound|'))
    .map(({ name, limits }) => [name, limits?.connections]);
  assert.deepEqual(limits, [
    ['inbound|8080||', 7],
    ['inbound|9090||', 3],
  ]);
});

test('LS-30: a port that the proxy has itself, or may not open, is not listened on', () => {
  const refused = (ingress: string, node: Omit<TestNode, 'type'>) =>
    line([sidecar(`ingress: [${ingress}]`)], node).issues.map(summary);
  const conflict = ['INBOUND_CONFLICT Sidecar/default/own spec.ingress[0].port'];
  const unprivileged = { metadata: { ...alone.metadata, UNPRIVILEGED_POD: 'true' } };
  assert.deepEqual(refused(listener(15006), {}), conflict);
  assert.deepEqual(refused(listener(15006, ', bind: 10.0.0.9'), alone), []);
  assert.deepEqual(refused(listener(80), unprivileged), conflict);
  assert.deepEqual(refused(listener(80), { metadata: { UNPRIVILEGED_POD: 'true' } }), []);
  assert.deepEqual(refused(listener(1024), unprivileged), []);
});
