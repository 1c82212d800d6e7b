import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyIr } from '../../../lib/ir/proxy-ir.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

/** A service that the workload itself serves at its port 8080, and one that it calls. */
const services = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: own }
spec:
  hosts: [own.com]
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 8080 }]
  endpoints: [{ address: 10.0.0.1 }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: other }
spec: { hosts: [other.com], resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }] }
`;

function compiled(spec: object, node: Partial<TestNode> = {}): ProxyIr {
  const sidecar = { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'own' }, spec };
  return lineOf(`${services}---\n${JSON.stringify(sidecar)}`, { type: 'sidecar', ...node }).ir;
}

/** Ports that the proxy takes connections for its workload at: those of its chains, and those that it opens itself. */
const inbound = ({ clusters, listeners }: ProxyIr): readonly (readonly string[])[] => [
  clusters.map(({ name }) => name).filter((name) => name.startsWith('inbound|')),
  listeners
    .filter(({ name }) => name !== 'virtualInbound')
    .flatMap(({ name, chains }) => (JSON.stringify(chains).includes('"inbound|') ? [name] : [])),
];

const unredirected = { metadata: { INTERCEPTION_MODE: 'NONE' } };
const ingress = [{ port: { number: 9080, protocol: 'HTTP' }, defaultEndpoint: '127.0.0.1:9081' }];

test('SC-20: the ports that a Sidecar names stand in for all those of the workload’s services', () => {
  assert.deepEqual(inbound(compiled({})), [['inbound|8080||'], []]);
  const named = compiled({ ingress });
  assert.deepEqual(inbound(named), [['inbound|9080||'], []]);
  const redirected = named.listeners.find(({ name }) => name === 'virtualInbound');
  const ports = new Set(redirected?.chains.map(({ match }) => match.destinationPort));
  assert.deepEqual([...ports], [15006, 0, 9080]); // what would loop, every other port, and the one named
});

test('SC-20: without interception a proxy listens for its workload where its Sidecar says so, else nowhere', () => {
  assert.deepEqual(inbound(compiled({}, unredirected)), [[], []]);
  assert.deepEqual(inbound(compiled({ ingress }, unredirected)), [['inbound|9080||'], ['10.0.0.1_9080']]);
});

const atMost = (maxConnections: number): object => ({ tcp: { maxConnections } });
const limitsOf = ({ clusters }: ProxyIr): readonly (readonly [string, number | undefined])[] =>
  clusters
    .filter(({ name }) => /^(in|out)bound\|/.test(name))
    .map(({ name, limits }) => [name, limits?.connections] as const)
    .sort();

test('SC-22: a Sidecar limits connections to its workload, at every port that does not say its own', () => {
  const inboundConnectionPool = atMost(7);
  const unlimited = limitsOf(compiled({})).find(([name]) => name.startsWith('outbound|'))?.[1];
  const calls = ['outbound|80||other.com', unlimited];
  const of = (spec: object) => limitsOf(compiled(spec)).filter(([name]) => name !== 'outbound|80||own.com');
  assert.deepEqual(of({ inboundConnectionPool }), [['inbound|8080||', 7], calls]);
  const [first] = ingress;
  const own = { port: { number: 9082, protocol: 'TCP' }, connectionPool: atMost(3) };
  assert.deepEqual(of({ inboundConnectionPool, ingress: [first, own] }), [
    ['inbound|9080||', 7],
    ['inbound|9082||', 3],
    calls,
  ]);
});
