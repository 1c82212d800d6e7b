import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { NOWHERE } from '../../../lib/base/locality.ts';
import { encodeCluster } from '../../../lib/envoy/cluster.ts';
import { encodeEndpoints } from '../../../lib/envoy/endpoints.ts';
import type { ClusterIr, HostChoice, OutlierIr, UpstreamHttp } from '../../../lib/ir/cluster.ts';
import type { ProxyIr } from '../../../lib/ir/proxy-ir.ts';

const ir: ProxyIr = { refresh: durationMs(2000), clusters: [], endpoints: [], listeners: [], routes: [] };
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
  sourceAddresses: [],
  metadata: { services: [], configPath: '', subset: '', isExternal: false },
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

test('CL-2: a cluster found by requests tells Envoy that it has no TLS once HTTP options are written', () => {
  const discovery = { type: 'dynamic-dns', cache: { name: 'n', family: 'both', maxHosts: undefined } } as const;
  const written = (parts: Partial<ClusterIr>): unknown => encode({ discovery, ...parts })['clusterType'];
  const typedConfig = {
    '@type': 'type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig',
    dnsCacheConfig: { name: 'n', dnsLookupFamily: 'ALL' },
  };
  const name = 'envoy.clusters.dynamic_forward_proxy';
  assert.deepEqual(written({}), { name, typedConfig });
  assert.deepEqual(written({ http }), { name, typedConfig: { ...typedConfig, allowInsecureClusterOptions: true } });
  const bounded = { ...discovery, cache: { ...discovery.cache, maxHosts: 9 } };
  const dnsCacheConfig = { ...typedConfig.dnsCacheConfig, maxHosts: 9 };
  assert.deepEqual(written({ discovery: bounded }), { name, typedConfig: { ...typedConfig, dnsCacheConfig } });
});
