import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { NOWHERE } from '../../../lib/base/locality.ts';
import { encodeCluster } from '../../../lib/envoy/cluster.ts';
import { encodeEndpoints } from '../../../lib/envoy/endpoints.ts';
import type { ClusterIr, HostChoice, OutlierIr, UpstreamHttp } from '../../../lib/ir/cluster.ts';
import { PLAIN_TRANSPORT, type UpstreamTlsIr } from '../../../lib/ir/upstream-tls.ts';
import type { PollSetting } from '../../../lib/ir/proxy-ir.ts';

const ir: PollSetting = { refresh: durationMs(2000) };
const plain: ClusterIr = {
  name: 'c',
  statName: 'c;',
  discovery: { type: 'static', groups: [] },
  connectTimeout: durationMs(1500),
  choice: { by: 'round-robin', slowStart: undefined },
  localities: { type: 'ignored' },
  keepsDrainingHosts: false,
  panicThreshold: undefined,
  limits: undefined,
  outlier: undefined,
  http: undefined,
  keepalive: undefined,
  transport: PLAIN_TRANSPORT,
  sourceAddresses: [],
  metadata: { services: [], configPath: '', subset: '', isExternal: false, keepsApplicationProtocols: false },
  exchangesPeerMetadata: false,
};
const encode = (parts: Partial<ClusterIr>) => encodeCluster({ ...plain, ...parts }, ir);

test('a cluster that says nothing is written with nothing but its name, kind and timeout', () => {
  assert.deepEqual(encode({}), { name: 'c', type: 'STATIC', altStatName: 'c;', connectTimeout: '1.500s' });
});

test('CL-6: EDS goes over REST, by the proxy’s own refresh, and waits without limit', () => {
  assert.deepEqual(encode({ discovery: { type: 'eds' } })['edsClusterConfig'], {
    edsConfig: {
      apiConfigSource: {
        apiType: 'REST',
        transportApiVersion: 'V3',
        clusterNames: ['xds-pilotless'],
        refreshDelay: '2s',
        requestTimeout: '5s',
      },
      initialFetchTimeout: '0s',
      resourceApiVersion: 'V3',
    },
    serviceName: 'c',
  });
});

test('LB-14 to LB-16: the policies, their settings as 64-bit texts', () => {
  const written = (choice: HostChoice): object => {
    const { name: _n, type: _t, altStatName: _a, connectTimeout: _c, ...rest } = encode({ choice });
    return rest;
  };
  assert.deepEqual(written({ by: 'ring-hash', minimumRingSize: 1024 }), {
    lbPolicy: 'RING_HASH',
    ringHashLbConfig: { minimumRingSize: '1024' },
  });
  assert.deepEqual(written({ by: 'ring-hash', minimumRingSize: undefined }), { lbPolicy: 'RING_HASH' });
  assert.deepEqual(written({ by: 'maglev', tableSize: 11 }), {
    lbPolicy: 'MAGLEV',
    maglevLbConfig: { tableSize: '11' },
  });
  assert.deepEqual(written({ by: 'random' }), { lbPolicy: 'RANDOM' });
  const shape = { minimumPercent: 10, aggression: 1.5 };
  assert.deepEqual(written({ by: 'least-request', slowStart: { window: durationMs(30_000), shape } }), {
    lbPolicy: 'LEAST_REQUEST',
    leastRequestLbConfig: {
      slowStartConfig: {
        slowStartWindow: '30s',
        aggression: { defaultValue: 1.5, runtimeKey: '(' },
        minWeightPercent: { value: 10 },
      },
    },
  });
});

test('DR-27: a check of 0 is written and not enforced; success rate never ejects', () => {
  const outlier: OutlierIr = {
    serverErrors: { afterFailures: 0 },
    gatewayErrors: { afterFailures: 5 },
    localFailures: { check: { afterFailures: 3 } },
    interval: durationMs(10),
    baseEjectionTime: undefined,
    maxEjectionPercent: 100,
  };
  assert.deepEqual(encode({ outlier })['outlierDetection'], {
    consecutive5xx: 0,
    enforcingConsecutive5xx: 0,
    consecutiveGatewayFailure: 5,
    enforcingConsecutiveGatewayFailure: 100,
    splitExternalLocalOriginErrors: true,
    consecutiveLocalOriginFailure: 3,
    enforcingConsecutiveLocalOriginFailure: 100,
    enforcingLocalOriginSuccessRate: 0,
    interval: '0.010s',
    maxEjectionPercent: 100,
    enforcingSuccessRate: 0,
  });
});

const http: UpstreamHttp = {
  protocol: 'http1',
  idleTimeout: undefined,
  maxRequestsPerConnection: undefined,
  maxConnectionDuration: undefined,
  maxConcurrentStreams: undefined,
  http2Keepalive: undefined,
  errorStatuses: [],
  names: { areAskedFor: false, areChecked: false },
};

test('DR-24, DR-25: the choice of protocol is always written; HTTP/2 settings only with HTTP/2', () => {
  const options = (parts: Partial<UpstreamHttp>): object => {
    const written = encode({ http: { ...http, ...parts } })['typedExtensionProtocolOptions'] as Record<string, object>;
    const [[key, message = {}] = ['']] = Object.entries(written);
    assert.equal(key, 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions');
    const { '@type': type, ...rest } = message as Record<string, unknown>;
    assert.equal(type, `type.googleapis.com/${key}`);
    return rest;
  };
  const h2 = { maxConcurrentStreams: 7, http2Keepalive: { interval: durationMs(1000), timeout: undefined } };
  assert.deepEqual(options({ ...h2, idleTimeout: durationMs(0) }), {
    commonHttpProtocolOptions: { idleTimeout: '0s' },
    explicitHttpConfig: { httpProtocolOptions: {} },
  });
  assert.deepEqual(options({ ...h2, protocol: 'http2' }), {
    explicitHttpConfig: { http2ProtocolOptions: { maxConcurrentStreams: 7, connectionKeepalive: { interval: '1s' } } },
  });
  assert.deepEqual(options({ protocol: 'downstream' }), {
    useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
  });
});

test('DR-28: one status alone, several under "or"', () => {
  const matcher = (errorStatuses: readonly number[]): unknown => {
    const written = encode({ http: { ...http, errorStatuses } })['typedExtensionProtocolOptions'];
    const [options] = Object.values(written as Record<string, { outlierDetection?: { errorMatcher: object } }>);
    return options?.outlierDetection?.errorMatcher;
  };
  const status = (code: string): object => ({
    httpResponseHeadersMatch: { headers: [{ name: ':status', stringMatch: { exact: code } }] },
  });
  assert.deepEqual(matcher([503]), status('503'));
  assert.deepEqual(matcher([500, 503]), { orMatch: { rules: [status('500'), status('503')] } });
});

test('CL-7: source addresses, the second family as an extra one', () => {
  assert.deepEqual(encode({ sourceAddresses: ['127.0.0.6', '::6'] })['upstreamBindConfig'], {
    sourceAddress: { address: '127.0.0.6', portValue: 0 },
    extraSourceAddresses: [{ address: { address: '::6', portValue: 0 } }],
  });
});

test('CL-9: an inbound cluster never forgets a host', () => {
  assert.equal(
    encode({ discovery: { type: 'original-destination', port: undefined, keepsHosts: true } })['cleanupInterval'],
    '9223372035s',
  );
});

test('LB-5, EP-9: priority 0 and an absent weight are not written, an empty locality is', () => {
  const endpoint = {
    address: { type: 'pipe', path: '/s' },
    health: 'draining',
    weight: 2,
    workload: 'w;n;;;',
    acceptsMeshTls: false,
  } as const;
  const groups = [
    { locality: NOWHERE, priority: 0, weight: undefined, endpoints: [endpoint] },
    { locality: { region: 'r', zone: 'z', subzone: 's' }, priority: 1, weight: 3, endpoints: [] },
  ];
  assert.deepEqual(encodeEndpoints({ name: 'c', groups }), {
    clusterName: 'c',
    endpoints: [
      {
        locality: {},
        lbEndpoints: [
          {
            endpoint: { address: { pipe: { path: '/s' } } },
            healthStatus: 'DRAINING',
            metadata: { filterMetadata: { istio: { workload: 'w;n;;;' } } },
            loadBalancingWeight: 2,
          },
        ],
      },
      { locality: { region: 'r', zone: 'z', subZone: 's' }, priority: 1, loadBalancingWeight: 3 },
    ],
  });
});

test('CL-2: a cluster found by requests', () => {
  const cache = { name: 'n', family: 'both', maxHosts: undefined } as const;
  const discovery = { type: 'dynamic-dns', cache, leavesNamesUnchecked: false } as const;
  const written = (parts: Partial<typeof discovery | { leavesNamesUnchecked: boolean }>): unknown =>
    encode({ discovery: { ...discovery, ...parts } })['clusterType'];
  const typedConfig = {
    '@type': 'type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig',
    dnsCacheConfig: { name: 'n', dnsLookupFamily: 'ALL' },
  };
  const name = 'envoy.clusters.dynamic_forward_proxy';
  assert.deepEqual(written({}), { name, typedConfig });
  const unchecked = { ...typedConfig, allowInsecureClusterOptions: true };
  assert.deepEqual(written({ leavesNamesUnchecked: true }), { name, typedConfig: unchecked });
  const dnsCacheConfig = { ...typedConfig.dnsCacheConfig, maxHosts: 9 };
  assert.deepEqual(encode({ discovery: { ...discovery, cache: { ...cache, maxHosts: 9 } } })['clusterType'], {
    name,
    typedConfig: { ...typedConfig, dnsCacheConfig },
  });
});

const tls: UpstreamTlsIr = {
  serverName: 's',
  certificate: { from: 'files', certificate: '/c', key: '/k' },
  servers: { roots: { from: 'file', path: '/ca' }, names: ['n'], revocationList: '/crl' },
  applicationProtocols: ['h2'],
  cipherSuites: ['x'],
  curves: ['y'],
};
const tlsContext = (parts: Partial<UpstreamTlsIr>): unknown => {
  const encryption = { type: 'always', tls: { ...tls, ...parts } } as const;
  const socket = encode({ transport: { encryption, proxyProtocol: undefined } })['transportSocket'];
  return (socket as { readonly typedConfig: unknown }).typedConfig;
};
const TLS_TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

test('DR-31: TLS with files of the machine', () => {
  assert.deepEqual(tlsContext({}), {
    '@type': TLS_TYPE,
    sni: 's',
    commonTlsContext: {
      tlsParams: {
        tlsMinimumProtocolVersion: 'TLSv1_2',
        tlsMaximumProtocolVersion: 'TLSv1_3',
        cipherSuites: ['x'],
        ecdhCurves: ['y'],
      },
      tlsCertificates: [{ certificateChain: { filename: '/c' }, privateKey: { filename: '/k' } }],
      validationContext: {
        trustedCa: { filename: '/ca' },
        matchSubjectAltNames: [{ exact: 'n' }],
        crl: { filename: '/crl' },
      },
      alpnProtocols: ['h2'],
    },
  });
});

test('DR-30: certificates and roots by secret discovery, or no check at all', () => {
  const { commonTlsContext: context } = tlsContext({
    certificate: { from: 'secret', name: 'default' },
    servers: { roots: { from: 'secret', name: 'ROOTCA' }, names: ['n'], revocationList: '' },
  }) as { readonly commonTlsContext: Readonly<Record<string, unknown>> };
  const sdsConfig = (encode({ discovery: { type: 'eds' } })['edsClusterConfig'] as { readonly edsConfig: unknown })
    .edsConfig;
  assert.deepEqual(context['tlsCertificateSdsSecretConfigs'], [{ name: 'default', sdsConfig }]);
  assert.deepEqual(context['combinedValidationContext'], {
    defaultValidationContext: { matchSubjectAltNames: [{ exact: 'n' }] },
    validationContextSdsSecretConfig: { name: 'ROOTCA', sdsConfig },
  });
  const unchecked = tlsContext({ servers: undefined }) as { readonly commonTlsContext: object };
  assert.ok('validationContext' in unchecked.commonTlsContext);
});

test('MTLS-7, DR-35: by endpoint the first match is the mesh’s; the PROXY protocol goes around each', () => {
  const encryption = { type: 'by-endpoint', tls } as const;
  const matches = (proxyProtocol: 'v2' | undefined): readonly Readonly<Record<string, unknown>>[] =>
    encode({ transport: { encryption, proxyProtocol } })['transportSocketMatches'] as never;
  assert.deepEqual(
    matches(undefined).map(({ name, match }) => ({ name, match })),
    [
      { name: 'tlsMode-istio', match: { tlsMode: 'istio' } },
      { name: 'tlsMode-disabled', match: {} },
    ],
  );
  const [ofMesh, plain] = matches(undefined);
  const config = { version: 'V2' };
  const wrapped = (transportSocket: unknown): object => ({
    name: 'envoy.transport_sockets.upstream_proxy_protocol',
    typedConfig: {
      '@type':
        'type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport',
      config,
      transportSocket,
    },
  });
  assert.deepEqual(
    matches('v2').map(({ transportSocket }) => transportSocket),
    [wrapped(ofMesh?.['transportSocket']), wrapped(plain?.['transportSocket'])],
  );
  const alone = encode({ transport: { encryption: { type: 'none' }, proxyProtocol: 'v2' } })['transportSocket'];
  assert.deepEqual(alone, wrapped({ ...(plain?.['transportSocket'] as object), name: 'raw_buffer' }));
});
