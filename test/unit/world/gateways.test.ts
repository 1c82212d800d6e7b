import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, type Resource } from '../../../lib/resources/resource.ts';
import { serviceKey } from '../../../lib/model/service.ts';
import { readGateways, servesHttp } from '../../../lib/world/gateways.ts';
import { summary } from '../../support/proxy-view.ts';

type Gateway = Resource<'Gateway'>;

function gateway(spec: Gateway['spec'], metadata: Partial<Gateway['metadata']> = {}): Gateway {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw', namespace: 'ns', ...metadata },
    spec,
  };
}

const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] };

test('GW-12: a server without a port is left out and named; the others stay', () => {
  const { value, issues } = readGateways([gateway({ servers: [{ hosts: ['a.example'] }, server] })]);
  assert.deepEqual(
    value[0]?.servers.map(({ path }) => path),
    ['spec.servers[1]'],
  );
  assert.deepEqual(issues.map(summary), ['GATEWAY_SERVER_REJECTED Gateway/ns/gw spec.servers[0].port']);
});

test('GW-1: Gateways are sorted by age, then name, then namespace', () => {
  const made = (name: string, creationTimestamp?: string): Gateway =>
    gateway({}, { name, ...(creationTimestamp !== undefined && { creationTimestamp }) });
  const gateways = [made('b'), made('c', '2026-01-02T00:00:00Z'), made('d', '2026-01-01T00:00:00Z'), made('a')];
  const sorted = gateways.map(keyOf).sort();
  assert.deepEqual(
    readGateways(gateways).value.map(({ source }) => source),
    [sorted[0], sorted[1], sorted[3], sorted[2]],
  );
});

test('GW-5: hosts are lower case, without repeats', () => {
  const { value } = readGateways([
    gateway({ servers: [{ ...server, hosts: ['A.example', './B', 'a.example', 'x/c', '*/d'] }] }),
  ]);
  assert.deepEqual(value[0]?.servers[0]?.hosts, ['a.example', 'ns/b', 'x/c', 'd']);
});

test('GW-2: Gateways made from other documents name the services whose instances they mean', () => {
  const annotations = {
    'internal.istio.io/gateway-service': 'a.example,B.example',
    'internal.istio.io/parent-namespace': 'edge',
  };
  const { value } = readGateways([gateway({}, { annotations }), gateway({}, { name: 'plain' })]);
  assert.deepEqual(
    value.map(({ attachedServices }) => attachedServices),
    [[serviceKey('edge', 'a.example'), serviceKey('edge', 'b.example')], undefined],
  );
});

const kinds: readonly [string, string, 'SIMPLE' | 'PASSTHROUGH' | undefined, boolean][] = [
  ['HTTP in plain text', 'HTTP', undefined, true],
  ['gRPC-Web', 'GRPC-WEB', undefined, true],
  ['HTTPS that ends at the router', 'HTTPS', 'SIMPLE', true],
  ['HTTPS that goes through', 'HTTPS', 'PASSTHROUGH', false],
  ['HTTPS that says nothing about TLS', 'HTTPS', undefined, false],
  ['TLS that ends at the router', 'TLS', 'SIMPLE', false],
  ['TCP', 'TCP', undefined, false],
];
for (const [name, protocol, mode, isHttp] of kinds) {
  test(`GW-10: ${name} ${isHttp ? 'is' : 'is not'} HTTP for the router`, () => {
    const tls = mode === undefined ? {} : { tls: { mode } };
    const { value } = readGateways([gateway({ servers: [{ ...server, port: { number: 1, protocol }, ...tls }] })]);
    assert.deepEqual(value[0]?.servers.map(servesHttp), [isHttp]);
  });
}
