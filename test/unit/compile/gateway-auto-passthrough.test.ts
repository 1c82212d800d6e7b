import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';
import { sketches } from '../../support/listener-sketch.ts';
import { summary } from '../../support/proxy-view.ts';

const service = (host: string, more: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: "${host.replace('*', 'any')}" }
spec: { hosts: ["${host}"], resolution: STATIC, ports: [{ name: tcp, number: 90, protocol: TCP }], ${more} }
---`;
const inMesh = `endpoints:
  [{ address: 10.0.0.1, labels: { v: "1", security.istio.io/tlsMode: istio } }, { address: 10.0.0.2, labels: { v: "2" } }]`;
const rule = (policy: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec:
  host: a.global
  trafficPolicy: { connectionPool: { tcp: { maxConnections: 7, idleTimeout: 9s } }, ${policy} }
  subsets: [{ name: one, labels: { v: "1" } }]
---`;
const gateway = (hosts: string): string => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: between }
spec:
  servers:
  - { port: { number: 15443, name: tls, protocol: TLS }, hosts: [${hosts}], tls: { mode: AUTO_PASSTHROUGH } }
---`;
const mesh = service('a.global', `location: MESH_INTERNAL, ${inMesh}`);
const router = (text: string) => lineOf(text, { type: 'router' });
const passedOn = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
  all.filter(({ name }) => name.startsWith('outbound_'));

test('GW-30: AUTO_PASSTHROUGH has a chain for each port and subset, for TLS of the mesh alone', () => {
  const { ir, issues } = router(mesh + rule('') + gateway('"*.global"'));
  const protocols = 'istio,istio-peer-exchange,istio-http/1.0,istio-http/1.1,istio-h2';
  assert.deepEqual(sketches(ir.listeners), [
    [
      '0.0.0.0_15443',
      `sni=outbound_.90_._.a.global ${protocols} → tcp outbound_.90_._.a.global`,
      `sni=outbound_.90_.one_.a.global ${protocols} → tcp outbound_.90_.one_.a.global`,
    ],
  ]);
  assert.deepEqual(ir.listeners[0]?.inspectors, [{ type: 'tls-inspector', ports: { on: 'every-port' } }]);
  assert.deepEqual(issues, []);
});

test('AZ-36: connections that are passed on unread meet no policies', () => {
  const policy = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: nothing, namespace: istio-system }
spec: {}
---`;
  const listenersOf = (text: string) => router(text + mesh + gateway('"*.global"')).ir.listeners;
  assert.deepEqual(listenersOf(policy), listenersOf(''));
});

test('GW-30: only services of the mesh that the server’s hosts cover are led to; without one that is said', () => {
  const others = service('b.local', 'location: MESH_INTERNAL') + service('c.global', 'location: MESH_EXTERNAL');
  const wildcard = service('*.d.global', 'location: MESH_INTERNAL');
  const { ir } = router(mesh + others + wildcard + gateway('"*.global"'));
  assert.deepEqual(
    ir.listeners.flatMap(({ chains }) => chains.flatMap(({ match }) => match.serverNames)),
    ['outbound_.90_._.a.global'],
  );
  const { ir: empty, issues } = router(mesh + gateway('"*.elsewhere"'));
  assert.deepEqual(empty.listeners, []);
  assert.ok(issues.map(summary).includes('GATEWAY_SERVER_WITHOUT_ROUTES Gateway/default/between spec.servers[0]'));
});

test('GW-30: policies of connections hold on the way, but for tunnels, which start elsewhere', () => {
  const tunnelled = rule('tunnel: { targetHost: x.com, targetPort: 80 }');
  const [chain] = router(mesh + tunnelled + gateway('"*"')).ir.listeners[0]?.chains ?? [];
  const proxy = chain?.filters.at(-1);
  assert.ok(proxy?.type === 'tcp-proxy');
  assert.deepEqual([proxy.idleTimeout, proxy.tunnel, proxy.statPrefix], [9000, undefined, 'outbound_.90_._.a.global']);
});

test('CL-8, HN-10: services of the mesh have clusters to be handed on to, without TLS, as pools and subsets say', () => {
  const outside = service('c.global', 'location: MESH_EXTERNAL');
  const clusters = passedOn(router(mesh + outside + rule('tls: { mode: SIMPLE }') + gateway('x.y')).ir.clusters);
  assert.deepEqual(
    clusters.map(({ name, transport, limits }) => [name, transport.encryption.type, limits?.connections]),
    [
      ['outbound_.90_._.a.global', 'none', 7],
      ['outbound_.90_.one_.a.global', 'none', 7],
    ],
  );
});

test('CL-8, GW-15: nobody else has such clusters', () => {
  const without = gateway('"*.global"').replace('AUTO_PASSTHROUGH', 'PASSTHROUGH');
  assert.deepEqual(passedOn(router(mesh + without).ir.clusters), []);
  assert.deepEqual(passedOn(lineOf(mesh + gateway('"*.global"'), { type: 'sidecar' }).ir.clusters), []);
});

test('EP-14: only endpoints that take the mesh’s TLS are handed connections, whatever Envoy the router is', () => {
  for (const profile of ['envoy', 'istio-proxy'] as const) {
    const { ir } = lineOf(mesh + rule('') + gateway('"*"'), { type: 'router', profile });
    const addresses = passedOn(ir.endpoints).map(({ name, groups }) => [
      name,
      groups.flatMap(({ endpoints }) => endpoints.map(({ address }) => address.type === 'socket' && address.address)),
    ]);
    assert.deepEqual(addresses, [
      ['outbound_.90_._.a.global', ['10.0.0.1']],
      ['outbound_.90_.one_.a.global', ['10.0.0.1']],
    ]);
  }
});

test('EP-14: where a policy asks for other TLS, no endpoint is known to take the mesh’s', () => {
  const { ir } = router(mesh + rule('tls: { mode: DISABLE }') + gateway('"*"'));
  assert.deepEqual(
    passedOn(ir.endpoints).flatMap(({ groups }) => groups),
    [],
  );
});
