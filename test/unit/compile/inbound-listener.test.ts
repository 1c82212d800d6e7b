import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inboundListeners } from '../../../lib/compile/inbound-listener.ts';
import type { ListenerIr } from '../../../lib/ir/listener.ts';
import type { OwnInstance, ViewFacts } from '../../../lib/view/proxy-view.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { portOf, listenedView, serviceOf, summary } from '../../support/proxy-view.ts';
import { sketch } from '../../support/listener-sketch.ts';

const ISTIO: Partial<ViewFacts> = { profile: 'istio-proxy' };
const MESH_ANY = 'istio,istio-peer-exchange,istio-http/1.0,istio-http/1.1,istio-h2';
const MESH_HTTP = 'istio-http/1.0,istio-http/1.1,istio-h2';
const MESH_TCP = 'istio-peer-exchange,istio';

function instance(name: string, port: string, targetPort: number): OwnInstance {
  return { service: serviceOf(name), port: portOf(port), targetPort, policy: undefined };
}

const madeIn = (month: string, own: OwnInstance): OwnInstance => ({
  ...own,
  service: { ...own.service, createdAt: `${month}-01T00:00:00Z` },
});

function inbound(
  instances: readonly OwnInstance[],
  facts: Partial<ViewFacts> = {},
): { readonly listener: ListenerIr; readonly issues: readonly string[] } {
  const { value, issues } = inboundListeners(listenedView({ instances, facts }));
  const [listener] = value;
  assert.ok(listener);
  return { listener, issues: issues.map(summary) };
}

/** The chains of one port, without the exchange of metadata that Istio's Envoy puts first in each. */
const chainsOf = (listener: ListenerIr, port: number): readonly string[] =>
  sketch(listener)
    .filter((line) => line.startsWith(`:${port} `))
    .map((line) => line.replace('metadata-exchange + ', ''));

describe('chains of a port', () => {
  const cases: readonly [string, string, Partial<ViewFacts>, readonly string[]][] = [
    ['ITLS-2: HTTP in plain text', '80/http', {}, [':8080 raw_buffer → http inline inbound|8080||']],
    ['ITLS-3: TCP in plain text', '80/tcp', {}, [':8080 raw_buffer → tcp inbound|8080||']],
    [
      'ITLS-4: no protocol in plain text',
      '80',
      {},
      [':8080 raw_buffer http/1.1,h2c → http inline inbound|8080||', ':8080 raw_buffer → tcp inbound|8080||'],
    ],
    [
      'ITLS-2: HTTP, permissive',
      '80/http',
      ISTIO,
      [`:8080 tls ${MESH_ANY} → tls + http inline inbound|8080||`, ':8080 raw_buffer → http inline inbound|8080||'],
    ],
    [
      'ITLS-3: TCP, permissive',
      '80/tcp',
      ISTIO,
      [
        `:8080 tls ${MESH_ANY} → tls + tcp inbound|8080||`,
        ':8080 tls → tcp inbound|8080||',
        ':8080 raw_buffer → tcp inbound|8080||',
      ],
    ],
    [
      'ITLS-4: no protocol, permissive',
      '80',
      ISTIO,
      [
        `:8080 tls ${MESH_HTTP} → tls + http inline inbound|8080||`,
        ':8080 raw_buffer http/1.1,h2c → http inline inbound|8080||',
        `:8080 tls ${MESH_TCP} → tls + tcp inbound|8080||`,
        ':8080 raw_buffer → tcp inbound|8080||',
        ':8080 tls → tcp inbound|8080||',
      ],
    ],
  ];
  for (const [name, port, facts, expected] of cases) {
    test(name, () => assert.deepEqual(chainsOf(inbound([instance('a', port, 8080)], facts).listener, 8080), expected));
  }

  test('LS-23: the proxy’s own port leads nowhere, every port without a service to the application', () => {
    const { listener } = inbound([]);
    assert.deepEqual(sketch(listener), [
      'virtualInbound',
      ':15006 → tcp BlackHoleCluster',
      'raw_buffer http/1.1,h2c → http inline InboundPassthroughCluster',
      'raw_buffer → tcp InboundPassthroughCluster',
    ]);
    assert.deepEqual(
      listener.chains.map((chain) => chain.name),
      ['virtualInbound-blackhole', 'virtualInbound-catchall-http', 'virtualInbound'],
    );
  });

  test('FC-1, FC-3: Istio’s Envoy exchanges metadata first on every chain, a stock Envoy on none (PROF-2)', () => {
    const firsts = (facts: Partial<ViewFacts>): ReadonlySet<string | undefined> =>
      new Set(inbound([instance('a', '80', 8080)], facts).listener.chains.map(({ filters }) => filters[0]?.type));
    assert.deepEqual(firsts(ISTIO), new Set(['metadata-exchange']));
    assert.ok(!firsts({}).has('metadata-exchange'));
  });

  test('ITLS-6, ITLS-8, LS-29: clients of the mesh show a certificate of the trust domain', () => {
    const { listener } = inbound([instance('a', '80', 8080)], ISTIO);
    const [http, tcp] = listener.chains.filter(({ tls, match }) => tls !== undefined && match.destinationPort === 8080);
    for (const chain of [http, tcp]) {
      assert.deepEqual(chain?.tls?.certificates, [{ from: 'secret', name: 'default' }]);
      assert.equal(chain.tls.requiresClientCertificate, true);
      assert.deepEqual(chain.tls.clients?.roots, { from: 'secret', name: 'ROOTCA' });
      assert.deepEqual(chain.tls.clients.uriPrefixes, ['spiffe://cluster.local/']);
      assert.deepEqual([chain.tls.minimumVersion, chain.tls.maximumVersion], ['1.2', '1.3']); // ITLS-7
    }
    assert.deepEqual(http?.tls?.applicationProtocols, ['h2', 'http/1.1']);
    assert.deepEqual(tcp?.tls?.applicationProtocols, ['istio-peer-exchange', 'h2', 'http/1.1']);
  });

  test('ITLS-8: clients of every trust domain of the mesh are let in', () => {
    const mesh = { ...meshDefaults(), trustedDomains: ['a', 'b'] };
    const { value } = inboundListeners(
      listenedView({ mesh, facts: ISTIO, instances: [instance('a', '80/http', 8080)] }),
    );
    const tls = (value[0]?.chains ?? []).flatMap((chain) =>
      chain.tls === undefined ? [] : [chain.tls.clients?.uriPrefixes],
    );
    assert.deepEqual(tls[0], ['spiffe://a/', 'spiffe://b/']);
  });
});

describe('ports of a proxy', () => {
  test('ITLS-11: ports are sorted by target port', () => {
    const { listener } = inbound([instance('b', '80/tcp', 9000), instance('a', '81/tcp', 8000)]);
    assert.deepEqual(
      listener.chains.map(({ match }) => match.destinationPort).filter((port) => port !== 0),
      [15006, 8000, 9000],
    );
  });

  test('LS-22, ITLS-12: of two services on a target port the older decides what it speaks', () => {
    const younger = madeIn('2026-02', instance('a', '80/tcp', 8080));
    const older = madeIn('2026-01', instance('b', '80/http', 8080));
    const { listener, issues } = inbound([younger, older]);
    assert.deepEqual(chainsOf(listener, 8080), [':8080 raw_buffer → http inline inbound|8080||']);
    assert.deepEqual(issues, ['INBOUND_CONFLICT ServiceEntry/default/a']);
  });

  test('ITLS-12: services that agree on the protocol do not conflict', () => {
    const { issues } = inbound([instance('a', '80/http', 8080), instance('b', '81/http', 8080)]);
    assert.deepEqual(issues, []);
  });

  test('LS-6: ports that the proxy or its machine uses, and UDP, have no chains', () => {
    const own = [instance('a', '80/http', 15006), instance('b', '80/http', 15021), instance('c', '53/udp', 53)];
    const { listener, issues } = inbound(own, { reservedPorts: [15021] });
    assert.equal(listener.chains.length, inbound([]).listener.chains.length);
    assert.deepEqual(issues, ['INBOUND_CONFLICT ServiceEntry/default/a', 'INBOUND_CONFLICT ServiceEntry/default/b']);
  });

  test('RT-33: requests go to the application without a time limit; only gRPC has no retries', () => {
    const own = [instance('a', '80/http', 8080), instance('b', '81/grpc', 8081)];
    const routes = inbound(own).listener.chains.flatMap(({ filters, match }) =>
      filters.flatMap((filter) =>
        filter.type === 'http-connection-manager' && filter.routes.by === 'value' && match.destinationPort !== 0
          ? filter.routes.value.virtualHosts.map(({ name, routes: [route] }) => [
              name,
              route?.operation,
              route?.action.type === 'forward' && route.action.retry?.retryOn,
              route?.action.type === 'forward' && route.action.timeout,
            ])
          : [],
      ),
    );
    assert.deepEqual(routes, [
      ['inbound|http|80', 'a.example:80/*', 'reset-before-request', 0],
      ['inbound|http|81', 'b.example:81/*', undefined, 0],
    ]);
  });
});

describe('what looks at connections', () => {
  const http = (ports: readonly number[]): object => ({ type: 'http-inspector', ports: { on: 'all-but', ports } });

  test('ITLS-10: HTTP is looked for on every port but those that say what they speak', () => {
    const { listener } = inbound([instance('a', '80/tcp', 8080), instance('b', '81', 8081)]);
    assert.deepEqual(listener.inspectors, [{ type: 'original-destination' }, http([8080, 15006])]);
  });

  test('ITLS-10: TLS is looked for before HTTP', () => {
    const { listener } = inbound([instance('a', '80/http', 8080)], ISTIO);
    assert.deepEqual(listener.inspectors, [
      { type: 'original-destination' },
      { type: 'tls-inspector', ports: { on: 'all-but', ports: [15006] } },
      http([8080, 15006]),
    ]);
  });

  test('LS-27: a transparent proxy keeps the client’s address', () => {
    const { listener } = inbound([], { interception: 'tproxy' });
    assert.deepEqual(listener.inspectors.slice(0, 2), [{ type: 'original-destination' }, { type: 'original-source' }]);
    assert.equal(listener.isTransparent, true);
  });
});
