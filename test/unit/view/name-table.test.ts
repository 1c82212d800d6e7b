import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProxyView } from '../../../lib/view/build-proxy-view.ts';
import { nameTable, type NameTable } from '../../../lib/view/name-table.ts';
import { viewFacts } from '../../../lib/view/view-facts.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';

function names(text: string, node: Partial<TestNode> = {}): NameTable {
  const world = buildWorld(unadmittedResourcesOf(text)).value;
  const proxy = proxyFacts({ type: 'sidecar', ...node });
  return nameTable(buildProxyView(world, viewFacts(world, proxy)).value, proxy);
}

const entry = (host: string, spec: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${host.split('.')[0] ?? ''} }
spec: { hosts: [${host}], ports: [{ name: tcp, number: 80, protocol: TCP }], ${spec} }
---`;

const service = (name: string, spec: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ${spec}, ports: [{ name: tcp, port: 80 }] }
---`;

const slice = (endpoints: string): string => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-1, namespace: shop, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: tcp, port: 80 }]
endpoints: [${endpoints}]
---`;

test('SE-21: a host has its addresses, without ranges', () => {
  const text = entry('a.com', 'resolution: STATIC, addresses: [10.0.0.1, 10.1.0.0/16, 10.0.0.2]');
  assert.deepEqual(names(text), { 'a.com': { ips: ['10.0.0.1', '10.0.0.2'] } });
});

test('SE-21, SR-14: a Service has the addresses of the proxy’s families, and says what its short names are made of', () => {
  const text = service('web', "clusterIPs: [10.0.0.1, 'fd00::1']");
  const web = (...ips: string[]) => ({ 'web.shop.svc.cluster.local': { ips, name: 'web', namespace: 'shop' } });
  assert.deepEqual(names(text), web('10.0.0.1'));
  assert.deepEqual(names(text, { ips: ['fd00::9'] }), web('fd00::1'));
  assert.deepEqual(names(text, { ips: ['10.0.0.9', 'fd00::9'] }), web('10.0.0.1', 'fd00::1'));
});

test('SE-21, SE-20: what was given out is there for proxies that resolve by it', () => {
  const text = entry('a.com', 'resolution: STATIC');
  assert.deepEqual(names(text), {});
  assert.match(names(text, { usesAllocatedAddresses: true })['a.com']?.ips.join() ?? '', /^240\.240\.\d+\.\d+$/);
});

test('SE-22: a headless service has the addresses of its healthy instances near the proxy, each once', () => {
  const text = [
    service('db', 'clusterIP: None'),
    slice(
      '{ addresses: [10.0.0.1] }, { addresses: [10.0.0.2], conditions: { ready: false } }, { addresses: [10.0.0.1] }',
    ),
  ].join('');
  assert.deepEqual(names(text)['db.shop.svc.cluster.local']?.ips, ['10.0.0.1']);
  assert.deepEqual(names(text, { clusterId: 'Kubernetes' })['db.shop.svc.cluster.local']?.ips, ['10.0.0.1']);
  assert.deepEqual(names(text, { clusterId: 'elsewhere' }), {});
  const unready = text.replace('clusterIP: None', 'clusterIP: None, publishNotReadyAddresses: true');
  assert.deepEqual(names(unready)['db.shop.svc.cluster.local']?.ips, ['10.0.0.1', '10.0.0.2']);
});

test('SE-22: instances on another network are left out', () => {
  const workload = (name: string, address: string, network: string): string => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}, namespace: shop, labels: { app: db } }
spec: { address: ${address}, network: ${network} }
---`;
  const text = [
    service('db', 'clusterIP: None, selector: { app: db }'),
    workload('a', '10.0.0.1', 'n1'),
    workload('b', '10.0.0.2', 'n2'),
    workload('c', '10.0.0.3', "''"),
  ].join('');
  assert.deepEqual(names(text, { network: 'n1' })['db.shop.svc.cluster.local']?.ips, ['10.0.0.1', '10.0.0.3']);
});

test('SE-22: an instance with a name of its own is found by it', () => {
  const text =
    service('db', 'clusterIP: None') + slice('{ addresses: [10.0.0.1], hostname: db-0 }, { addresses: [10.0.0.2] }');
  assert.deepEqual(names(text), {
    'db-0.db.shop.svc.cluster.local': { ips: ['10.0.0.1'] },
    'db.shop.svc.cluster.local': { ips: ['10.0.0.1', '10.0.0.2'], name: 'db', namespace: 'shop' },
  });
});

test('SE-23: a host without an address is not there; a Service stands in for an entry of its name', () => {
  assert.deepEqual(names(entry('a.com', 'resolution: DNS') + entry('b.com', 'resolution: NONE')), {});
  const both = [
    service('web', 'clusterIP: 10.0.0.1'),
    entry('web.shop.svc.cluster.local', 'resolution: STATIC, addresses: [10.0.0.2]'),
  ].join('');
  assert.deepEqual(names(both, { namespace: 'third' })['web.shop.svc.cluster.local']?.ips, ['10.0.0.1']);
});
