import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../../lib/base/hashing.ts';
import type { ProxyView } from '../../../lib/view/proxy-view.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { lineOf } from '../../support/line.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';

const document = (kind: string, name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'networking.istio.io/v1', kind, metadata: metadataOf(name), spec });

/** `a/name`, or `a/name/2024` for one that was made in that year. */
function metadataOf(text: string): object {
  const [namespace, name, year] = text.split('/');
  return { namespace, name, ...(year !== undefined && { creationTimestamp: `${year}-01-01T00:00:00Z` }) };
}

const entry = (name: string, host: string, ...ports: readonly number[]): string =>
  document('ServiceEntry', name, {
    hosts: [host],
    resolution: 'DNS',
    ports: (ports.length === 0 ? [80] : ports).map((number) => ({ number, name: `p${number}`, protocol: 'HTTP' })),
  });
const sidecar = (name: string, spec: object): string => document('Sidecar', name, spec);
const imports = (...hosts: readonly string[]): string => sidecar('a/own', { egress: [{ hosts }] });
const leads = (name: string, host: string, destination: object): string =>
  document('VirtualService', name, { hosts: [host], http: [{ route: [{ destination }] }] });

function viewOf(documents: readonly string[], node: Partial<TestNode> = {}): ProxyView {
  return lineOf(documents.join('\n---\n'), { type: 'sidecar', namespace: 'a', ...node }).view;
}

const named = (services: ProxyView['services']): readonly string[] =>
  services.map(
    ({ service }) => `${service.namespace}/${service.hostname} ${service.ports.map(({ number }) => number).join()}`,
  );
const called = (documents: readonly string[], node?: Partial<TestNode>): readonly string[] =>
  named(viewOf(documents, node).services).map((text) => text.split(' ')[0] ?? '');
const owner = (documents: readonly string[], node?: Partial<TestNode>): string | undefined =>
  viewOf(documents, node).scope.sidecar?.source;

const mesh = [entry('a/one', 'one.com'), entry('b/two', 'two.com'), entry('b/three', 'x.three.com')];

test('SC-1, SC-2, SC-3: the Sidecar that selects a proxy, else that of its namespace, else that of the root namespace', () => {
  const selecting = sidecar('a/app/2024', { workloadSelector: { labels: { app: 'x' } } });
  const older = sidecar('a/older/2023', { workloadSelector: { labels: { app: 'x' } } });
  const own = sidecar('a/own/2020', {});
  const root = sidecar('istio-system/root', { egress: [{ hosts: ['./*'] }] });
  const elsewhere = sidecar('istio-system/some', { workloadSelector: { labels: { app: 'x' } } });
  const all = [selecting, older, own, root, elsewhere];
  assert.equal(owner(all, { labels: { app: 'x' } }), 'Sidecar/a/older');
  assert.equal(owner(all, { labels: { app: 'y' } }), 'Sidecar/a/own');
  assert.equal(owner(all, { namespace: 'b', labels: { app: 'x' } }), 'Sidecar/istio-system/root');
  assert.deepEqual(called([root, ...mesh], { namespace: 'b' }), ['b/two.com', 'b/x.three.com']);
  assert.deepEqual([owner(mesh), called(mesh)], [undefined, ['a/one.com', 'b/two.com', 'b/x.three.com']]);
});

test('SC-4: a router has everything in sight, whatever Sidecars say', () => {
  assert.equal(called([imports('~/*'), ...mesh], { type: 'router' }).length, 3);
});

test('SC-5: of two Sidecars for a whole namespace the older holds, and the other one says so', () => {
  const { issues } = lineOf([sidecar('a/new/2025', {}), sidecar('a/old/2024', {})].join('\n---\n'));
  assert.deepEqual(
    issues.map(({ code, resource }) => [code, resource]),
    [['SIDECAR_NOT_USED', 'Sidecar/a/new']],
  );
});

test('SC-6, SC-7, SC-8: hosts by namespace: any, the own one, none; what is malformed means nothing', () => {
  assert.deepEqual(called([sidecar('a/own', { inboundConnectionPool: {} }), ...mesh]).length, 3);
  assert.deepEqual(called([imports('./*'), ...mesh]), ['a/one.com']);
  assert.deepEqual(called([imports('b/*'), ...mesh]), ['b/two.com', 'b/x.three.com']);
  assert.deepEqual(called([imports('*/two.com', 'two.com', 'a/b/c'), ...mesh]), ['b/two.com']);
  assert.deepEqual(called([imports('~/*'), ...mesh]), []);
});

test('SC-9, VS-16: what a listener keeps out it does not import, be it a service or a table; other listeners do', () => {
  assert.deepEqual(called([imports('*/*', '~b/two.com'), ...mesh]), ['a/one.com', 'b/x.three.com']);
  assert.deepEqual(called([imports('b/*', '~/*.three.com'), ...mesh]), ['b/two.com']);
  const both = sidecar('a/own', {
    egress: [{ port: { number: 80, protocol: 'HTTP' }, hosts: ['*/*', '~/two.com'] }, { hosts: ['b/two.com'] }],
  });
  const { scope } = viewOf([both, leads('b/vs', 'two.com', { host: 'two.com' }), ...mesh]);
  assert.deepEqual(
    scope.egress.map(({ services, routeTables }) => [services.length, routeTables.length]),
    [
      [2, 0],
      [1, 1],
    ],
  );
});

test('SC-12: a listener for a port imports that port of the services that have it; a forward proxy every port', () => {
  const services = [entry('a/one', 'one.com', 80, 81), entry('a/two', 'two.com', 82)];
  const listeners = (protocol: string): string =>
    sidecar('a/own', { egress: [{ port: { number: 81, protocol }, hosts: ['./*'] }] });
  assert.deepEqual(named(viewOf([listeners('HTTP'), ...services]).services), ['a/one.com 81']);
  assert.deepEqual(named(viewOf([listeners('HTTP_PROXY'), ...services]).services), ['a/one.com 80,81', 'a/two.com 82']);
});

test('SC-13, VS-15: a listener imports the tables with a host that overlaps what it imports of their namespace', () => {
  const tables = [leads('b/all', '*.three.com', { host: 'two.com' }), leads('b/one', 'one.com', { host: 'two.com' })];
  const { scope } = viewOf([imports('./*', 'b/x.three.com'), ...tables, ...mesh]);
  assert.deepEqual(
    scope.egress[0]?.routeTables.map(({ source }) => source),
    ['VirtualService/b/all'],
  );
});

test('SC-14, VS-18: what an imported table leads to comes along, with the ports that it names', () => {
  const far = entry('b/far', 'far.com', 80, 81, 82);
  const table = (port: object): string => leads('a/vs', 'one.com', { host: 'far.com', ...port });
  const services = (port: object): readonly string[] =>
    named(viewOf([imports('./*'), table(port), far, ...mesh]).services);
  assert.deepEqual(services({ port: { number: 81 } }), ['a/one.com 80', 'b/far.com 81']);
  assert.deepEqual(services({}), ['a/one.com 80', 'b/far.com 80,81,82']);
  assert.deepEqual(services({ port: { number: 99 } }), ['a/one.com 80']);
});

test('SC-15, SC-16: a service that several listeners import has the ports of all of them; of two namespaces the first stays', () => {
  const own = sidecar('a/own', {
    egress: [
      { port: { number: 82, protocol: 'HTTP' }, hosts: ['b/*'] },
      { port: { number: 81, protocol: 'HTTP' }, hosts: ['*/*'] },
    ],
  });
  const services = [entry('b/x', 'x.com', 80, 81, 82), entry('a/x', 'x.com', 81)];
  assert.deepEqual(named(viewOf([own, ...services]).services), ['b/x.com 82']);
  assert.deepEqual(named(viewOf([own, services[0] ?? '']).services), ['b/x.com 82,81']);
});

const limits = (name: string, host: string, maxConnections: number): string =>
  document('DestinationRule', name, { host, trafficPolicy: { connectionPool: { tcp: { maxConnections } } } });

test('SC-17: a rule applies to services in scope alone, be they called or served; the one of the own namespace counts', () => {
  const served = document('ServiceEntry', 'a/served', {
    hosts: ['served.com'],
    resolution: 'STATIC',
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    endpoints: [{ address: '10.0.0.1' }],
  });
  const rules = [limits('a/near', 'two.com', 1), limits('b/far', 'two.com', 2), limits('a/served', 'served.com', 3)];
  const policies = (...hosts: readonly string[]) => {
    const { services, instances } = viewOf([imports(...hosts), served, ...rules, ...mesh]);
    return [services, instances].map((all) => all.map(({ service, policy }) => [service.hostname, policy?.from[0]]));
  };
  assert.deepEqual(policies('b/two.com'), [[['two.com', 'DestinationRule/a/near']], [['served.com', undefined]]]);
  assert.deepEqual(policies('./served.com'), [
    [['served.com', 'DestinationRule/a/served']],
    [['served.com', 'DestinationRule/a/served']],
  ]);
});

test('SC-28: proxies for which the same Sidecar decides share their view, whatever their own labels and ids', () => {
  const selecting = sidecar('a/app', { workloadSelector: { labels: { app: 'x' } } });
  const { world } = lineOf([selecting, sidecar('a/own', {}), ...mesh].join('\n---\n'));
  const keyOf = (id: string, labels: Readonly<Record<string, string>>): string =>
    viewKey(viewFacts(world, proxyFacts({ type: 'sidecar', namespace: 'a', id, labels })));
  const [first, second] = [keyOf('one', { app: 'x', color: 'red' }), keyOf('two', { app: 'x', color: 'blue' })];
  assert.equal(first, second);
  assert.notEqual(first, keyOf('one', { app: 'y', color: 'red' }));
});

test('SC-19: the Sidecar says what becomes of other traffic, else the mesh does', () => {
  const policy = (spec: object | undefined) =>
    viewOf([sidecar('a/own', { ...(spec && { outboundTrafficPolicy: spec }) }), ...mesh]).scope.outboundPolicy;
  assert.deepEqual(policy(undefined), { mode: 'allow-any', egressProxy: undefined });
  assert.equal(policy({})?.mode, 'registry-only');
  const egressProxy = { host: 'proxy.com', subset: 'v1', port: { number: 3128 } };
  assert.deepEqual(policy({ mode: 'ALLOW_ANY', egressProxy }).egressProxy, {
    host: 'proxy.com',
    subset: 'v1',
    port: 3128,
  });
});

test('SC-24, SC-26: an edit outside of a scope changes nothing of a view; one of a service that leaves or enters does', () => {
  const scope = imports('./*', 'b/two.com');
  const seen = (...documents: readonly string[]): string => canonicalJson(viewOf([scope, ...documents]));
  const before = seen(...mesh);
  assert.equal(seen(...mesh.slice(0, 2), entry('b/three', 'x.three.com', 80, 81)), before);
  assert.equal(seen(...mesh, leads('b/vs', 'x.three.com', { host: 'two.com' })), before);
  assert.notEqual(seen(...mesh.slice(0, 1)), before);
  assert.notEqual(seen(...mesh, entry('a/new', 'new.com')), before);
});
