import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileGatewayListeners } from '../../../lib/compile/gateway-listeners.ts';
import type { ListenerIr } from '../../../lib/ir/listener.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import type { GatewayListener } from '../../../lib/view/merged-gateway.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { proxyView, summary } from '../../support/proxy-view.ts';
import { sketches } from '../../support/listener-sketch.ts';

function merged(port: number, changes: Partial<GatewayListener> = {}): GatewayListener {
  const server = {
    gateway: resourceKey('Gateway', 'ns', `gw${port}`),
    gatewayName: `ns/gw${port}`,
    namespace: 'ns',
    port,
    portName: 'http',
    hosts: ['*'],
    redirectsToHttps: false,
    routeTables: [],
  };
  return {
    port,
    bind: '',
    protocol: 'http',
    servesGrpcWeb: false,
    routeName: `http.${port}`,
    servers: [server],
    ...changes,
  };
}

function listen(
  listeners: readonly GatewayListener[],
  facts: Partial<ViewFacts> = {},
): { readonly listeners: readonly ListenerIr[]; readonly issues: readonly string[] } {
  const view = proxyView({ facts: { type: 'router', ...facts }, gateway: { listeners } });
  const { value, issues } = compileGatewayListeners(view, { listeners });
  return { listeners: value, issues: issues.map(summary) };
}

test('GW-26: one listener with one chain per port', () => {
  const { listeners } = listen([merged(80), merged(8080)]);
  assert.deepEqual(sketches(listeners), [
    ['0.0.0.0_80', '* → http http.80'],
    ['0.0.0.0_8080', '* → http http.8080'],
  ]);
});

const addresses: readonly [string, Partial<GatewayListener>, Partial<ViewFacts>, readonly string[]][] = [
  ['the address that the server binds', { bind: '10.0.0.1' }, {}, ['10.0.0.1']],
  ['the wildcard of IPv4', {}, {}, ['0.0.0.0']],
  ['the wildcard of IPv6', {}, { ipFamily: 'v6' }, ['::']],
  ['both wildcards of a dual-stack proxy', {}, { ipFamily: 'dual' }, ['0.0.0.0', '::']],
  ['IPv4 alone for Istio’s own', {}, { ipFamily: 'dual', profile: 'istio-proxy' }, ['0.0.0.0']],
  ['its bound address alone also for dual stack', { bind: '10.0.0.1' }, { ipFamily: 'dual' }, ['10.0.0.1']],
];
for (const [name, changes, facts, expected] of addresses) {
  test(`GW-34: ${name}`, () => {
    assert.deepEqual(
      listen([merged(80, changes)], facts).listeners.map((listener) => listener.addresses),
      [expected],
    );
  });
}

test('GW-34: an address that another server binds is not opened twice', () => {
  const { listeners } = listen([merged(80), merged(80, { bind: '0:0::0' })], { ipFamily: 'dual' });
  assert.deepEqual(
    listeners.map((listener) => listener.addresses),
    [['0.0.0.0'], ['0:0::0']],
  );
});

test('GW-32: routers without privileges do not open low ports', () => {
  const { listeners, issues } = listen([merged(80), merged(8080)], { isUnprivileged: true });
  assert.deepEqual(
    listeners.map(({ name }) => name),
    ['0.0.0.0_8080'],
  );
  assert.deepEqual(issues, ['PRIVILEGED_PORT Gateway/ns/gw80']);
});

test('GW-29: a router sees clients themselves, so it takes their addresses and certificates at first hand', () => {
  const manager = listen([merged(80)]).listeners[0]?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager');
  assert.equal(manager.usesRemoteAddress, true);
  assert.equal(manager.serverName, 'istio-envoy');
  assert.deepEqual(manager.clientCertificate, { mode: 'sanitize-set', addsCertificate: true });
});

const filters: readonly [string, Partial<GatewayListener>, Partial<ViewFacts>, readonly string[]][] = [
  ['FC-11: a stock Envoy', {}, {}, ['grpc-stats', 'fault', 'cors', 'router']],
  ['FC-6: a port of gRPC-Web', { servesGrpcWeb: true }, {}, ['grpc-web', 'grpc-stats', 'fault', 'cors', 'router']],
  [
    'FC-6: Istio’s Envoy',
    {},
    { profile: 'istio-proxy' },
    ['istio-metadata-exchange', 'grpc-stats', 'istio-alpn', 'fault', 'cors', 'router'],
  ],
];
for (const [name, changes, facts, expected] of filters) {
  test(name, () => {
    const manager = listen([merged(80, changes)], facts).listeners[0]?.chains[0]?.filters[0];
    assert.ok(manager?.type === 'http-connection-manager');
    assert.deepEqual(
      manager.filters.map(({ type }) => type),
      expected,
    );
  });
}

test('GW-29, GW-33: the mesh says what stands before its routers', () => {
  const routerTopology = { trustedProxies: 2, clientCertificates: 'forward-only', readsProxyProtocol: true } as const;
  const view = proxyView({ facts: { type: 'router' }, mesh: { ...meshDefaults(), routerTopology } });
  const [listener] = compileGatewayListeners(view, { listeners: [merged(80)] }).value;
  const manager = listener?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager');
  assert.deepEqual(listener?.inspectors, [{ type: 'proxy-protocol' }]);
  assert.deepEqual([manager.trustedProxies, manager.clientCertificate?.mode], [2, 'forward-only']);
});
