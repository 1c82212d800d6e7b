import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { encodeListener } from '../../../lib/envoy/listener.ts';
import type {
  ClientCheckIr,
  DownstreamTlsIr,
  InspectedPorts,
  ListenerFilterIr,
  ListenerIr,
  NetworkFilterIr,
} from '../../../lib/ir/listener.ts';
import type { PollSetting } from '../../../lib/ir/proxy-ir.ts';

const ir: PollSetting = { refresh: durationMs(5000) };
const any = {
  destinationPort: 0,
  destinationRanges: [],
  serverNames: [],
  transport: '',
  applicationProtocols: [],
} as const;
const proxy: NetworkFilterIr = {
  type: 'tcp-proxy',
  statPrefix: 's',
  target: { type: 'cluster', cluster: 'c' },
  idleTimeout: undefined,
  maxConnectionDuration: undefined,
  hashesSourceIp: false,
  tunnel: undefined,
};
const chain = {
  name: '',
  match: any,
  tls: undefined,
  handshakeTimeout: undefined,
  source: '',
  tellsSource: true,
  filters: [proxy],
};
const listener: ListenerIr = {
  name: 'l',
  addresses: ['0.0.0.0'],
  port: 80,
  direction: 'outbound',
  bindsPort: true,
  usesOriginalDestination: false,
  isTransparent: false,
  balancesWorkers: false,
  inspectors: [],
  inspectionTimeout: undefined,
  continuesUninspected: false,
  bufferLimit: undefined,
  chains: [chain],
  defaultChain: undefined,
};

/** Members of the listener that differ from those of the plainest one. */
function differences(changes: Partial<ListenerIr>): Readonly<Record<string, unknown>> {
  const plainest = encodeListener(listener, ir);
  return Object.fromEntries(
    Object.entries(encodeListener({ ...listener, ...changes }, ir)).filter(
      ([member, value]) => JSON.stringify(plainest[member]) !== JSON.stringify(value),
    ),
  );
}

test('the plainest listener says nothing that is Envoy’s default', () => {
  assert.deepEqual(encodeListener(listener, ir), {
    name: 'l',
    address: { socketAddress: { address: '0.0.0.0', portValue: 80 } },
    filterChains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.tcp_proxy',
            typedConfig: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
              statPrefix: 's',
              cluster: 'c',
            },
          },
        ],
      },
    ],
    trafficDirection: 'OUTBOUND',
    maxConnectionsToAcceptPerSocketEvent: 1,
  });
});

describe('members of a listener', () => {
  const cases: readonly [string, Partial<ListenerIr>, Readonly<Record<string, unknown>>][] = [
    ['inbound', { direction: 'inbound' }, { trafficDirection: 'INBOUND' }],
    ['handed over', { usesOriginalDestination: true }, { useOriginalDst: true }],
    ['transparent', { isTransparent: true }, { transparent: true }],
    ['LS-28: balanced', { balancesWorkers: true }, { connectionBalanceConfig: { exactBalance: {} } }],
    ['inspected for ever', { inspectionTimeout: durationMs(0) }, { listenerFiltersTimeout: '0s' }],
    ['inspected for a while', { inspectionTimeout: durationMs(1500) }, { listenerFiltersTimeout: '1.500s' }],
    ['not closed after inspection', { continuesUninspected: true }, { continueOnListenerFiltersTimeout: true }],
    [
      'two addresses',
      { addresses: ['0.0.0.0', '::'] },
      { additionalAddresses: [{ address: { socketAddress: { address: '::', portValue: 80 } } }] },
    ],
  ];
  for (const [name, changes, expected] of cases) {
    test(name, () => assert.deepEqual(differences(changes), expected));
  }

  test('LS-28: only a listener with a socket limits what it accepts at once', () => {
    const encoded = encodeListener({ ...listener, bindsPort: false }, ir);
    assert.equal(encoded['bindToPort'], false);
    assert.ok(!('maxConnectionsToAcceptPerSocketEvent' in encoded));
  });
});

describe('members of a chain', () => {
  const chainOf = (changes: object): Readonly<Record<string, unknown>> => {
    const { filters: _filters, ...rest } = (
      encodeListener({ ...listener, chains: [{ ...chain, ...changes }] }, ir) as unknown as {
        filterChains: [Readonly<Record<string, unknown>>];
      }
    ).filterChains[0];
    return rest;
  };
  const match = (part: object): object => ({ match: { ...any, ...part } });
  const cases: readonly [string, object, object][] = [
    ['nothing asked', {}, {}],
    ['a name', { name: 'n' }, { name: 'n' }],
    ['a document', { source: '/apis/x' }, { metadata: { filterMetadata: { istio: { config: '/apis/x' } } } }],
    ['a document that is not told', { source: '/apis/x', tellsSource: false }, {}],
    ['a handshake in time', { handshakeTimeout: durationMs(15_000) }, { transportSocketConnectTimeout: '15s' }],
    ['a port', match({ destinationPort: 9 }), { filterChainMatch: { destinationPort: 9 } }],
    ['TLS', match({ transport: 'tls' }), { filterChainMatch: { transportProtocol: 'tls' } }],
    ['a server name', match({ serverNames: ['a'] }), { filterChainMatch: { serverNames: ['a'] } }],
    ['HTTP', match({ applicationProtocols: ['h2c'] }), { filterChainMatch: { applicationProtocols: ['h2c'] } }],
    [
      'a range',
      match({ destinationRanges: [{ address: '10.0.0.0', bits: 8 }] }),
      { filterChainMatch: { prefixRanges: [{ addressPrefix: '10.0.0.0', prefixLen: 8 }] } },
    ],
  ];
  for (const [name, changes, expected] of cases) test(name, () => assert.deepEqual(chainOf(changes), expected));
});

describe('TLS that ends at the proxy', () => {
  const plain: DownstreamTlsIr = {
    certificates: [{ from: 'secret', name: 'own' }],
    clients: undefined,
    requiresClientCertificate: false,
    applicationProtocols: ['h2'],
    minimumVersion: undefined,
    maximumVersion: undefined,
    cipherSuites: [],
  };
  const anyClient: ClientCheckIr = {
    roots: { from: 'secret', name: 'ROOTCA' },
    uriPrefixes: [],
    names: [],
    keyHashes: [],
    certificateHashes: [],
    acceptsUntrusted: false,
    revocationList: '',
  };
  /** The context without where secrets come from. */
  const contextOf = (tls: DownstreamTlsIr): unknown => {
    const [encoded] = encodeListener({ ...listener, chains: [{ ...chain, tls }] }, ir)['filterChains'] as readonly [
      { transportSocket: { typedConfig: Readonly<Record<string, unknown>> } },
    ];
    const { '@type': _type, ...context } = encoded.transportSocket.typedConfig;
    return JSON.parse(JSON.stringify(context, (key, value: unknown) => (key === 'sdsConfig' ? undefined : value)));
  };
  const own = { tlsCertificateSdsSecretConfigs: [{ name: 'own' }], alpnProtocols: ['h2'] };
  const roots = { validationContextSdsSecretConfig: { name: 'ROOTCA' } };
  const checked = (defaultValidationContext: object): object => ({
    combinedValidationContext: { defaultValidationContext, ...roots },
  });
  const cases: readonly [string, Partial<DownstreamTlsIr>, object, boolean?][] = [
    ['GW-27: clients show nothing', {}, own],
    [
      'GW-28: files on the machine of the proxy',
      {
        certificates: [{ from: 'files', certificate: '/c', key: '/k' }],
        clients: { ...anyClient, roots: { from: 'file', path: '/r' }, names: ['n'] },
      },
      {
        tlsCertificates: [{ certificateChain: { filename: '/c' }, privateKey: { filename: '/k' } }],
        validationContext: { trustedCa: { filename: '/r' }, matchSubjectAltNames: [{ exact: 'n' }] },
        alpnProtocols: ['h2'],
      },
    ],
    [
      'GW-27: any trusted client',
      { clients: anyClient, requiresClientCertificate: true },
      { ...own, ...checked({}) },
      true,
    ],
    [
      'ITLS-8: clients of the mesh',
      { clients: { ...anyClient, uriPrefixes: ['spiffe://td/'] } },
      { ...own, ...checked({ matchSubjectAltNames: [{ prefix: 'spiffe://td/' }] }) },
    ],
    [
      'GW-27: clients by name, key, certificate, or without roots that know them',
      {
        clients: {
          ...anyClient,
          names: ['n'],
          keyHashes: ['k'],
          certificateHashes: ['c'],
          acceptsUntrusted: true,
          revocationList: '/crl',
        },
      },
      {
        ...own,
        ...checked({
          matchSubjectAltNames: [{ exact: 'n' }],
          verifyCertificateSpki: ['k'],
          verifyCertificateHash: ['c'],
          trustChainVerification: 'ACCEPT_UNTRUSTED',
          crl: { filename: '/crl' },
        }),
      },
    ],
    [
      'GW-27: names alone, where no certificate is asked for',
      { clients: { ...anyClient, roots: undefined, names: ['n'] } },
      { ...own, validationContext: { matchSubjectAltNames: [{ exact: 'n' }] } },
    ],
    [
      'ITLS-7, GW-27: versions and cipher suites',
      { minimumVersion: '1.0', maximumVersion: '1.3', cipherSuites: ['AES128-SHA'] },
      {
        ...own,
        tlsParams: {
          tlsMinimumProtocolVersion: 'TLSv1_0',
          tlsMaximumProtocolVersion: 'TLSv1_3',
          cipherSuites: ['AES128-SHA'],
        },
      },
    ],
  ];
  for (const [name, changes, commonTlsContext, requireClientCertificate = false] of cases) {
    test(name, () =>
      assert.deepEqual(contextOf({ ...plain, ...changes }), { commonTlsContext, requireClientCertificate }),
    );
  }

  test('LAB-3: secrets are polled', () => {
    const text = JSON.stringify(encodeListener({ ...listener, chains: [{ ...chain, tls: plain }] }, ir));
    assert.match(text, /"name":"own","sdsConfig":\{"apiConfigSource":\{"apiType":"REST"/);
    assert.doesNotMatch(text, /"ads"/);
  });
});

describe('what looks at connections', () => {
  const ports = (range: InspectedPorts): unknown => {
    const [filter] = differences({ inspectors: [{ type: 'http-inspector', ports: range }] })['listenerFilters'] as [
      { filterDisabled?: unknown },
    ];
    return filter.filterDisabled;
  };
  const one = (start: number): object => ({ destinationPortRange: { start, end: start + 1 } });

  test('ITLS-10: on which ports', () => {
    assert.equal(ports({ on: 'every-port' }), undefined);
    assert.deepEqual(ports({ on: 'all-but', ports: [1] }), one(1));
    assert.deepEqual(ports({ on: 'all-but', ports: [1, 2] }), { orMatch: { rules: [one(1), one(2)] } });
    assert.deepEqual(ports({ on: 'only', ports: [1] }), { notMatch: one(1) });
    assert.deepEqual(ports({ on: 'only', ports: [1, 2] }), { notMatch: { orMatch: { rules: [one(1), one(2)] } } });
  });

  const names: readonly [ListenerFilterIr, string][] = [
    [{ type: 'original-destination' }, 'envoy.filters.listener.original_dst'],
    [{ type: 'original-source' }, 'envoy.filters.listener.original_src'],
    [{ type: 'proxy-protocol' }, 'envoy.filters.listener.proxy_protocol'],
    [{ type: 'tls-inspector', ports: { on: 'every-port' } }, 'envoy.filters.listener.tls_inspector'],
    [{ type: 'http-inspector', ports: { on: 'every-port' } }, 'envoy.filters.listener.http_inspector'],
  ];
  for (const [filter, name] of names) {
    test(name, () => {
      const [encoded] = differences({ inspectors: [filter] })['listenerFilters'] as [{ name: string }];
      assert.equal(encoded.name, name);
    });
  }
});

describe('what is done with bytes', () => {
  const filterOf = (filter: NetworkFilterIr): { name: string; typedConfig: Readonly<Record<string, unknown>> } => {
    const chains = encodeListener({ ...listener, chains: [{ ...chain, filters: [filter] }] }, ir)['filterChains'];
    const [encoded] = (chains as [{ filters: [ReturnType<typeof filterOf>] }])[0].filters;
    return encoded;
  };

  test('TR-9: limits and hashing of a TCP proxy', () => {
    const limits = { idleTimeout: durationMs(1000), maxConnectionDuration: durationMs(60_000), hashesSourceIp: true };
    const { '@type': _type, ...settings } = filterOf({ ...proxy, ...limits }).typedConfig;
    assert.deepEqual(settings, {
      statPrefix: 's',
      cluster: 'c',
      idleTimeout: '1s',
      maxDownstreamConnectionDuration: '60s',
      hashPolicy: [{ sourceIp: {} }],
    });
  });

  test('TR-10: a tunnel by CONNECT or POST', () => {
    const settings = (usesPost: boolean): unknown =>
      filterOf({ ...proxy, tunnel: { target: 'x.com:443', usesPost } }).typedConfig['tunnelingConfig'];
    assert.deepEqual(settings(false), { hostname: 'x.com:443' });
    assert.deepEqual(settings(true), { hostname: 'x.com:443', usePost: true });
  });

  test('TR-11: MongoDB', () => {
    assert.equal(filterOf({ type: 'mongo-proxy', statPrefix: 's' }).name, 'envoy.filters.network.mongo_proxy');
  });

  test('FC-1: Istio’s exchange of metadata travels as a struct, for Envoy’s API does not have it', () => {
    const { name, typedConfig } = filterOf({ type: 'metadata-exchange' });
    assert.equal(name, 'istio.metadata_exchange');
    assert.equal(typedConfig['@type'], 'type.googleapis.com/udpa.type.v1.TypedStruct');
    assert.deepEqual(typedConfig['value'], { enable_discovery: true, protocol: 'istio-peer-exchange' });
  });
});
