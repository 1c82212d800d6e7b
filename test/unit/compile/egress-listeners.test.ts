import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, type Line } from '../../support/line.ts';
import { sketches } from '../../support/listener-sketch.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

/** A ServiceEntry for the host `<name>.test` with ports as `9/TCP`. */
const service = (name: string, ports: readonly string[], metadata = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, ${metadata} }
spec:
  hosts: [${name}.test]
  resolution: DNS
  ports: [${ports.map((port) => `{ name: p${port.split('/')[0]}, number: ${port.split('/')[0]}, protocol: ${port.split('/')[1]} }`).join(', ')}]
`;
const sidecar = (spec: string): string => `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: own }
spec: { ${spec} }
`;
const line = (documents: readonly string[], node: Omit<TestNode, 'type'> = {}): Line =>
  lineOf(documents.join('---'), { type: 'sidecar', ...node });
const outbound = ({ ir }: Line) => ir.listeners.filter(({ name }) => !name.startsWith('virtual'));

test('LS-3: a port is opened where nothing is captured, and a unix socket always', () => {
  const binds = (listener: string) =>
    outbound(line([service('a', ['9/TCP']), sidecar(`egress: [{ ${listener}, hosts: ['*/*'] }]`)])).map(
      ({ name, bindsPort }) => [name, bindsPort],
    );
  const port = 'port: { number: 9, protocol: TCP, name: tcp }';
  assert.deepEqual(binds(port), [['0.0.0.0_9', false]]);
  assert.deepEqual(binds(`${port}, captureMode: NONE`), [['127.0.0.1_9', true]]);
  const socket = 'port: { number: 0, protocol: TCP, name: tcp }, bind: unix:///run/a.sock';
  assert.deepEqual(binds(socket), [['unix:///run/a.sock_0', true]]);
});

test('LS-5: a listener is called by its address and its port', () => {
  const documents = [
    service('a', ['9/TCP', '80/HTTP']),
    sidecar(
      "egress: [{ port: { number: 9, protocol: TCP, name: t }, bind: 127.0.0.2, hosts: ['*/*'] }, { port: { number: 0, protocol: TCP, name: u }, bind: unix:///a, hosts: ['*/*'] }, { hosts: ['*/*'] }]",
    ),
  ];
  assert.deepEqual(
    outbound(line(documents))
      .map(({ name }) => name)
      .sort(),
    ['0.0.0.0_80', '0.0.0.0_9', '127.0.0.2_9', 'unix:///a_0'],
  );
});

test('LS-7: what a listener for a port of its own opened is closed to the listener for every port', () => {
  const documents = [service('a', ['443/TLS']), service('b', ['443/TLS'])];
  const narrow = "{ port: { number: 443, protocol: TLS, name: tls }, hosts: ['*/a.test'] }";
  const open = (egress: string) => sketches(outbound(line([...documents, sidecar(`egress: [${egress}]`)])));
  assert.deepEqual(open("{ hosts: ['*/*'] }"), [
    [
      '0.0.0.0_443',
      'sni=a.test → tcp outbound|443||a.test',
      'sni=b.test → tcp outbound|443||b.test',
      'else → tcp PassthroughCluster',
    ],
  ]);
  assert.deepEqual(open(`${narrow}, { hosts: ['*/*'] }`), [
    ['0.0.0.0_443', 'sni=a.test → tcp outbound|443||a.test', 'else → tcp PassthroughCluster'],
  ]);
});

test('TR-13: a port that the service does not have leads to the only one that it has, else to itself', () => {
  const socket = "egress: [{ port: { number: 0, protocol: TCP, name: u }, bind: unix:///a, hosts: ['*/*'] }]";
  const open = (...documents: readonly string[]) => sketches(outbound(line([service('a', ['9/TCP']), ...documents])));
  assert.deepEqual(open(sidecar(socket)), [['unix:///a_0', '* → tcp outbound|9||a.test']]);
  const route = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a }
spec: { hosts: [a.test], tcp: [{ route: [{ destination: { host: b.test } }] }] }
`;
  const of9 = (...ports: readonly string[]) => open(service('b', ports), route).find(([name]) => name === '0.0.0.0_9');
  assert.deepEqual(of9('7/TCP'), ['0.0.0.0_9', '* → tcp outbound|7||b.test']);
  assert.deepEqual(of9('7/TCP', '8/TCP'), ['0.0.0.0_9', '* → tcp outbound|9||b.test']);
});

test('RD-18: the host of a service that is not imported goes where unknown hosts go', () => {
  const documents = [service('a', ['80/HTTP']), service('b', ['80/HTTP'])];
  const hosts = (egress: string) => {
    const { ir } = line([...documents, sidecar(`egress: [{ hosts: ['${egress}'] }]`)]);
    return ir.routes.find(({ name }) => name === '80')?.virtualHosts.map(({ name }) => name);
  };
  assert.deepEqual(hosts('*/*'), ['a.test:80', 'b.test:80', 'allow_any']);
  assert.deepEqual(hosts('*/a.test'), ['a.test:80', 'allow_any']);
});

test('RD-14: where no listener imports for a forward proxy, every host goes where unknown hosts go', () => {
  const egress = "egress: [{ port: { number: 80, protocol: HTTP, name: h }, hosts: ['*/*'] }]";
  const { ir } = line([service('a', ['80/HTTP']), sidecar(egress)], { metadata: { HTTP_PROXY_PORT: '3128' } });
  const routes = ir.routes.find(({ name }) => name === 'http_proxy');
  assert.deepEqual(
    routes?.virtualHosts.map(({ name }) => name),
    ['allow_any'],
  );
});

test('RD-19: of two services with one host, the routes have the one that the Sidecar imports', () => {
  const documents = [
    service('a', ['80/HTTP'], 'namespace: one'),
    service('a', ['80/HTTP'], 'namespace: two').replace('hosts: [a.test]', 'hosts: [a.test]\n  addresses: [10.9.9.9]'),
  ];
  const domains = (egress: string) => {
    const { ir } = line([...documents, sidecar(`egress: [{ hosts: ['${egress}'] }]`)]);
    return ir.routes.find(({ name }) => name === '80')?.virtualHosts[0]?.domains.includes('10.9.9.9');
  };
  assert.equal(domains('one/*'), false);
  assert.equal(domains('two/*'), true);
});
