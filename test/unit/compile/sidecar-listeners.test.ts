import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSidecarListeners } from '../../../lib/compile/sidecar-listeners.ts';
import type { ListenerIr } from '../../../lib/ir/listener.ts';
import type { Profile } from '../../../lib/view/proxy-facts.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { portOf, listenedView, serviceOf, visible } from '../../support/proxy-view.ts';
import { sketch } from '../../support/listener-sketch.ts';

const services = [visible(serviceOf('a', { ports: [portOf('80/http')] }))];

function listeners(facts: Partial<ViewFacts>, mesh = meshDefaults()): readonly ListenerIr[] {
  return compileSidecarListeners(listenedView({ facts, mesh, services })).value;
}

const names = (found: readonly ListenerIr[]): readonly string[] => found.map(({ name }) => name);
const named = (found: readonly ListenerIr[], name: string): ListenerIr | undefined =>
  found.find((l) => l.name === name);

test('LS-2: without interception nothing stands before the application', () => {
  assert.deepEqual(names(listeners({ interception: 'none' })), ['127.0.0.1_80']);
});

test('LS-1: what is redirected is handed to the services’ listeners; the rest goes on', () => {
  const found = listeners({ interception: 'redirect' });
  assert.deepEqual(names(found), ['0.0.0.0_80', 'virtualOutbound', 'virtualInbound']);
  const outbound = named(found, 'virtualOutbound');
  assert.deepEqual(outbound && sketch(outbound), [
    'virtualOutbound',
    ':15001 → tcp BlackHoleCluster',
    '* → tcp PassthroughCluster',
  ]);
  assert.equal(outbound?.usesOriginalDestination, true);
  assert.equal(outbound?.isTransparent, false);
});

test('LS-1: with REGISTRY_ONLY what is meant for no service goes nowhere', () => {
  const outbound = named(listeners({}, { ...meshDefaults(), outboundPolicy: 'registry-only' }), 'virtualOutbound');
  assert.equal(outbound && sketch(outbound).at(-1), '* → tcp BlackHoleCluster');
});

test('LS-1, RD-14: where unknown hosts are looked up, HTTP goes to the host that it names, and the rest on its way', () => {
  const found = listeners({}, { ...meshDefaults(), outboundPolicy: 'look-up', httpProxyPort: 3128 });
  const outbound = named(found, 'virtualOutbound');
  assert.deepEqual(outbound && sketch(outbound).slice(1), [
    ':15001 → tcp BlackHoleCluster',
    'http/1.1,h2c → http inline allow_any_dynamic_dns',
    '* → tcp PassthroughCluster',
  ]);
  assert.deepEqual(outbound?.inspectors, [{ type: 'http-inspector', ports: { on: 'every-port' } }]);
  const managers = found
    .flatMap(({ chains }) => chains.flatMap(({ filters }) => filters))
    .filter((filter) => filter.type === 'http-connection-manager');
  const looksUp = managers.map(({ filters }) => filters.some(({ type }) => type === 'dynamic-forward-proxy'));
  assert.ok(looksUp.includes(true) && looksUp.includes(false)); // inbound managers look nothing up
});

test('LS-28: a node may have its workers share connections, but for what is only handed over', () => {
  const balanced = (facts: Partial<ViewFacts>): readonly string[] =>
    names(listeners({ httpProxyPort: 3128, ...facts }).filter(({ balancesWorkers }) => balancesWorkers));
  assert.deepEqual(balanced({}), []);
  assert.deepEqual(balanced({ balancesInbound: true }), ['virtualInbound']);
  assert.deepEqual(balanced({ balancesOutbound: true }), ['0.0.0.0_80', '127.0.0.1_3128']);
});

test('LS-12: a stock Envoy does not close a connection whose client waits for the server to speak', () => {
  const continues = (profile: Profile): boolean | undefined =>
    named(listeners({ profile }, { ...meshDefaults(), outboundPolicy: 'look-up' }), 'virtualOutbound')
      ?.continuesUninspected;
  assert.deepEqual([continues('envoy'), continues('istio-proxy')], [true, false]);
});

test('LS-1: TPROXY keeps addresses as they are', () => {
  const found = listeners({ interception: 'tproxy' });
  assert.deepEqual(
    found.filter(({ isTransparent }) => isTransparent).map(({ name }) => name),
    ['virtualOutbound', 'virtualInbound'],
  );
});

const ports: readonly [string, number | undefined, number, string | undefined][] = [
  ['the node’s wish', 8888, 0, '127.0.0.1_8888'],
  ['the mesh’s where the node has none', undefined, 7777, '127.0.0.1_7777'],
  ['the node’s before the mesh’s', 8888, 7777, '127.0.0.1_8888'],
  ['none at 0, whatever the mesh says', 0, 7777, undefined],
];
for (const [name, httpProxyPort, meshPort, expected] of ports) {
  test(`LS-18: forward-proxy port: ${name}`, () => {
    const mesh = { ...meshDefaults(), httpProxyPort: meshPort };
    const found = listeners({ interception: 'none', httpProxyPort }, mesh).filter(({ port }) => port !== 80);
    assert.deepEqual(names(found), expected === undefined ? [] : [expected]);
    for (const listener of found) assert.deepEqual(sketch(listener).slice(1), ['* → http http_proxy']);
  });
}

test('LS-18: clients of a forward proxy send whole URLs', () => {
  const manager = listeners({ interception: 'none', httpProxyPort: 8888 }).at(-1)?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager' && manager.acceptsAbsoluteUrls);
});

test('only sidecars of a mesh that has a port for them listen', () => {
  assert.deepEqual(listeners({ type: 'waypoint' }), []);
  assert.deepEqual(listeners({}, { ...meshDefaults(), outboundPort: 0 }), []);
});
