import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { compileGatewayListeners } from '../../../lib/compile/gateway-listeners.ts';
import type { ListenerIr } from '../../../lib/ir/listener.ts';
import type { WrittenConnectionSettings } from '../../../lib/model/connection-settings.ts';
import type { RouteTable } from '../../../lib/model/route-table.ts';
import type { ServerTls, TerminatedTls } from '../../../lib/model/server-tls.ts';
import type { VirtualServiceSpec } from '../../../lib/resources/virtual-service-spec.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import type { GatewayListener, GatewayServer, PlainHttpListener } from '../../../lib/view/merged-gateway.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { listenedView, summary } from '../../support/proxy-view.ts';
import { tableOf } from '../../support/route-tables.ts';
import { sketches } from '../../support/listener-sketch.ts';

function serverOf(name: string, port: number, changes: Partial<GatewayServer> = {}): GatewayServer {
  return {
    gateway: resourceKey('Gateway', 'ns', name),
    path: 'spec.servers[0]',
    name: '',
    gatewayName: `ns/${name}`,
    namespace: 'ns',
    port,
    portName: 'p',
    protocol: 'http',
    hosts: ['*'],
    tls: { type: 'undeclared' },
    httpsRouteName: '',
    redirectsToHttps: false,
    routeTables: [],
    ...changes,
  };
}

function merged(port: number, changes: Partial<PlainHttpListener> = {}): GatewayListener {
  return {
    type: 'plain-http',
    port,
    bind: '',
    servesGrpcWeb: false,
    routeName: `http.${port}`,
    servers: [serverOf(`gw${port}`, port)],
    ...changes,
  };
}

function listen(
  listeners: readonly GatewayListener[],
  facts: Partial<ViewFacts> = {},
): { readonly listeners: readonly ListenerIr[]; readonly issues: readonly string[] } {
  const view = listenedView({ facts: { type: 'router', ...facts }, gateway: { listeners, verifiedSecrets: [] } });
  const { value, issues } = compileGatewayListeners(view, { listeners, verifiedSecrets: [] });
  return { listeners: value, issues: issues.map(summary) };
}

test('GW-26: one listener with one chain per port', () => {
  const { listeners } = listen([merged(80), merged(8080)]);
  assert.deepEqual(sketches(listeners), [
    ['0.0.0.0_80', '* → http http.80'],
    ['0.0.0.0_8080', '* → http http.8080'],
  ]);
});

const addresses: readonly [string, Partial<PlainHttpListener>, Partial<ViewFacts>, readonly string[]][] = [
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

test('GW-32: a socket in the file system needs no privilege', () => {
  const { listeners, issues } = listen([merged(0, { bind: 'unix:///tmp/s' })], { isUnprivileged: true });
  assert.deepEqual(
    [listeners.map(({ name, addresses }) => [name, addresses]), issues],
    [[['unix:///tmp/s_0', ['unix:///tmp/s']]], []],
  );
});

test('GW-29: a router sees clients themselves, so it takes their addresses and certificates at first hand', () => {
  const manager = listen([merged(80)]).listeners[0]?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager');
  assert.equal(manager.usesRemoteAddress, true);
  assert.equal(manager.serverName, 'istio-envoy');
  assert.deepEqual(manager.clientCertificate, { mode: 'sanitize-set', addsCertificate: true });
});

const filters: readonly [string, Partial<PlainHttpListener>, Partial<ViewFacts>, readonly string[]][] = [
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
  const view = listenedView({ facts: { type: 'router' }, mesh: { ...meshDefaults(), routerTopology } });
  const [listener] = compileGatewayListeners(view, { listeners: [merged(80)], verifiedSecrets: [] }).value;
  const manager = listener?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager');
  assert.deepEqual(listener?.inspectors, [{ type: 'proxy-protocol' }]);
  assert.deepEqual([manager.trustedProxies, manager.clientCertificate?.mode], [2, 'forward-only']);
});

test('GW-29, GW-33: what a router says of itself counts before what the mesh says', () => {
  const topology = { trustedProxies: 1, clientCertificates: 'sanitize', readsProxyProtocol: true } as const;
  const [listener] = listen([merged(80)], { topology }).listeners;
  const manager = listener?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager');
  assert.deepEqual(listener?.inspectors, [{ type: 'proxy-protocol' }]);
  assert.deepEqual([manager.trustedProxies, manager.clientCertificate], [1, undefined]);
});

describe('GW-29: limits of connections', () => {
  const served = (ofMesh: WrittenConnectionSettings | undefined, facts: Partial<ViewFacts> = {}) => {
    const mesh = { ...meshDefaults(), connections: ofMesh };
    const view = listenedView({ facts: { type: 'router', ...facts }, mesh });
    const [listener] = compileGatewayListeners(view, { listeners: [merged(80)], verifiedSecrets: [] }).value;
    const manager = listener?.chains[0]?.filters[0];
    assert.ok(manager?.type === 'http-connection-manager');
    const { idleTimeout, paths, limits } = manager;
    return { bufferLimit: listener?.bufferLimit, idleTimeout, paths, limits };
  };

  test('nothing is limited where nothing is said', () => {
    const { bufferLimit, idleTimeout, paths, limits } = served(undefined);
    assert.deepEqual([bufferLimit, idleTimeout, limits.streamIdleTimeout], [undefined, undefined, 0]);
    assert.deepEqual(paths, { isNormalized: true, mergesSlashes: false, escapedSlashes: 'keep' });
  });

  test('a router at the edge has limits against those who mean harm, but for what is written', () => {
    const { bufferLimit, idleTimeout, paths, limits } = served({
      isForEdge: true,
      written: { requestTimeout: durationMs(1), escapedSlashes: 'keep' },
    });
    assert.deepEqual([bufferLimit, idleTimeout], [32_768, 3_600_000]);
    assert.deepEqual(paths, { isNormalized: true, mergesSlashes: true, escapedSlashes: 'keep' });
    assert.deepEqual(limits, {
      maxConnectionDuration: undefined,
      maxStreamDuration: undefined,
      streamIdleTimeout: 300_000,
      requestTimeout: 1,
      requestHeadersTimeout: 60_000,
      drainTimeout: undefined,
      maxConcurrentStreams: 100,
      streamWindow: 65_536,
      connectionWindow: 1_048_576,
      underscores: 'reject-request',
    });
  });

  test('the router’s own word replaces the mesh’s', () => {
    const written = { idleTimeout: durationMs(5) };
    const { bufferLimit, idleTimeout } = served(
      { isForEdge: true, written: {} },
      { connections: { isForEdge: false, written } },
    );
    assert.deepEqual([bufferLimit, idleTimeout], [undefined, 5]);
  });
});

describe('servers that are no plain HTTP', () => {
  const to = (host: string, weight?: number) => ({ destination: { host }, ...(weight !== undefined && { weight }) });
  const table = (spec: VirtualServiceSpec): RouteTable =>
    tableOf([], { hosts: ['*.example'], gateways: ['ns/gw'], ...spec });
  const serve = (...servers: readonly GatewayServer[]) => {
    const { listeners, issues } = listen([{ type: 'by-server', port: 443, bind: '', servers }]);
    return { listeners: sketches(listeners), issues, inspectors: listeners.flatMap(({ inspectors }) => inspectors) };
  };
  const server = (changes: Partial<GatewayServer>) => serverOf('gw', 443, { hosts: ['a.example'], ...changes });
  const SIMPLE: TerminatedTls = {
    mode: 'simple',
    certificates: [{ from: 'secret', name: 'kubernetes://c' }],
    roots: { from: 'secret', name: 'kubernetes://c-cacert' },
    clientNames: [],
    keyHashes: [],
    certificateHashes: [],
    acceptsUntrusted: false,
    revocationList: '',
    minimumVersion: undefined,
    maximumVersion: undefined,
    cipherSuites: [],
  };
  const terminated = (changes: Partial<TerminatedTls> = {}): ServerTls => ({
    type: 'terminated',
    ...SIMPLE,
    ...changes,
  });

  test('GW-26: HTTPS servers are told apart by name, and look for it', () => {
    const https = (host: string) =>
      server({ protocol: 'https', hosts: [host], tls: terminated(), httpsRouteName: `https.${host}` });
    const { listeners, inspectors } = serve(https('b.example'), https('x/a.example'), https('*'));
    assert.deepEqual(listeners, [
      [
        '0.0.0.0_443',
        'sni=b.example → tls + http https.b.example',
        'sni=a.example → tls + http https.x/a.example',
        '* → tls + http https.*',
      ],
    ]);
    assert.deepEqual(inspectors, [{ type: 'tls-inspector', ports: { on: 'every-port' } }]);
  });

  test('an HTTPS server is counted under its own name, or else under its listener’s', () => {
    const prefixes = ['front', ''].map((name) => {
      const https = server({ name, protocol: 'https', tls: terminated(), httpsRouteName: 'https.x' });
      const { listeners } = listen([{ type: 'by-server', port: 443, bind: '', servers: [https] }]);
      const manager = listeners[0]?.chains[0]?.filters[0];
      return manager?.type === 'http-connection-manager' && manager.statPrefix;
    });
    assert.deepEqual(prefixes, ['front', 'outbound_0.0.0.0_443;']);
  });

  test('GW-31: plain connections go by the first rule that fits; the source has no say', () => {
    const tcp = [
      { match: [{ port: 9 }], route: [to('b.example')] },
      { match: [{ gateways: ['ns/other'] }], route: [to('c.example')] },
      { match: [{ sourceNamespace: 'elsewhere' }], route: [to('d.example')] },
      { route: [to('e.example')] },
    ];
    const { listeners, issues, inspectors } = serve(
      server({ protocol: 'tcp', hosts: ['*'], routeTables: [table({ tcp })] }),
    );
    assert.deepEqual(listeners, [['0.0.0.0_443', '* → tcp outbound|443||d.example']]);
    assert.deepEqual([issues, inspectors], [[], []]);
  });

  test('GW-31: without a rule the socket is not opened, and that is said', () => {
    const routeTables = [table({ hosts: ['other.com'], tcp: [{ route: [to('b.example')] }] })];
    const { listeners, issues } = serve(server({ protocol: 'tcp', routeTables }));
    assert.deepEqual(listeners, []);
    assert.deepEqual(issues, ['GATEWAY_SERVER_WITHOUT_ROUTES Gateway/ns/gw spec.servers[0]']);
  });

  test('GW-30: TLS that ends here without HTTP inside goes by TCP rules', () => {
    const routeTables = [table({ tcp: [{ route: [to('b.example', 1), to('c.example', 3)] }] })];
    const { listeners } = serve(server({ protocol: 'tls', tls: terminated(), routeTables }));
    assert.deepEqual(listeners, [
      ['0.0.0.0_443', 'sni=a.example → tls + tcp 1 outbound|443||b.example, 3 outbound|443||c.example'],
    ]);
  });

  test('GW-30: TLS that goes on has a chain per match, narrowed to the server’s hosts; a name is not taken twice', () => {
    const tls = [
      { match: [{ sniHosts: ['*.example'] }], route: [to('b.example')] },
      { match: [{ sniHosts: ['a.example', 'other.com'] }], route: [to('c.example')] },
      {
        match: [
          { sniHosts: ['x.z.example'], port: 443 },
          { sniHosts: ['y.z.example'], port: 444 },
        ],
        route: [to('d.example')],
      },
    ];
    const hosts = ['a.example', '*.z.example'];
    const { listeners, issues } = serve(server({ tls: { type: 'passthrough' }, hosts, routeTables: [table({ tls })] }));
    assert.deepEqual(listeners, [
      [
        '0.0.0.0_443',
        'sni=a.example,sni=*.z.example → tcp outbound|443||b.example',
        'sni=x.z.example → tcp outbound|443||d.example',
      ],
    ]);
    assert.deepEqual(issues, ['LISTENER_CONFLICT Gateway/ns/gw spec.servers[0]']);
  });

  const modes: readonly [string, Partial<TerminatedTls>, boolean, string | undefined][] = [
    ['SIMPLE asks clients for nothing', {}, false, undefined],
    ['MUTUAL asks for a certificate', { mode: 'mutual' }, true, 'kubernetes://c-cacert'],
    ['OPTIONAL_MUTUAL checks one that is shown', { mode: 'optional-mutual' }, false, 'kubernetes://c-cacert'],
    [
      'ISTIO_MUTUAL asks for one of the mesh',
      { mode: 'istio-mutual', roots: { from: 'secret', name: 'ROOTCA' } },
      true,
      'ROOTCA',
    ],
    ['SIMPLE compares the names of one that is shown', { clientNames: ['n'] }, false, 'nobody'],
  ];
  for (const [name, changes, isRequired, trustSecret] of modes) {
    test(`GW-27: ${name}`, () => {
      const https = server({ protocol: 'https', tls: terminated(changes), httpsRouteName: 'https.x' });
      const { listeners } = listen([{ type: 'by-server', port: 443, bind: '', servers: [https] }]);
      const tls = listeners[0]?.chains[0]?.tls;
      assert.equal(tls?.requiresClientCertificate, isRequired);
      const { roots = { from: 'secret', name: 'nobody' } } = tls.clients ?? {};
      assert.equal(tls.clients && roots.from === 'secret' && roots.name, trustSecret);
      assert.deepEqual(tls.applicationProtocols, ['h2', 'http/1.1']);
    });
  }

  const files = {
    certificates: [{ from: 'files', certificate: '/c', key: '/k' }],
    roots: { from: 'file', path: '/r' },
  } as const;
  const asSecrets = [[{ from: 'secret', name: 'file-cert:/c~/k' }], { from: 'secret', name: 'file-root:/r' }];
  for (const [profile, expected] of [
    ['envoy', [files.certificates, files.roots]],
    ['istio-proxy', asSecrets],
  ] as const) {
    test(`SDS-12, GW-28: files as an ${profile} comes by them`, () => {
      const https = server({
        protocol: 'https',
        tls: terminated({ mode: 'mutual', ...files }),
        httpsRouteName: 'https.x',
      });
      const { listeners } = listen([{ type: 'by-server', port: 443, bind: '', servers: [https] }], { profile });
      const tls = listeners[0]?.chains[0]?.tls;
      assert.deepEqual([tls?.certificates, tls?.clients?.roots], expected);
    });
  }

  test('GW-27: the mesh’s own TLS around plain bytes offers the exchange of metadata', () => {
    const routeTables = [table({ tcp: [{ route: [to('b.example')] }] })];
    const mesh = server({ protocol: 'tls', tls: terminated({ mode: 'istio-mutual' }), routeTables });
    const { listeners } = listen([{ type: 'by-server', port: 443, bind: '', servers: [mesh] }], {
      profile: 'istio-proxy',
    });
    const chain = listeners[0]?.chains[0];
    assert.deepEqual(chain?.tls?.applicationProtocols, ['istio-peer-exchange', 'h2', 'http/1.1']);
    assert.deepEqual(
      chain.filters.map(({ type }) => type),
      ['metadata-exchange', 'tcp-proxy'],
    );
  });
});
