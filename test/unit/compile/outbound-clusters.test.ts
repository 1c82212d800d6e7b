import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterIr } from '../../../lib/ir/cluster.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const entry = (spec: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec: { hosts: [a.com], ${spec} }
`;
const rule = (spec: string): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec: { host: a.com, ${spec} }
`;
const meshOf = (meshConfig: string): string => `---
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: ${meshConfig} }
`;
const http =
  'resolution: STATIC, ports: [{ name: http, number: 80, protocol: HTTP }], endpoints: [{ address: 10.0.0.1 }]';
const port = (protocol: string): string => http.replace('protocol: HTTP', protocol);

function outbound(text: string, node: TestNode = { type: 'sidecar' }): readonly ClusterIr[] {
  return lineOf(text, node).ir.clusters.filter(({ name }) => name.startsWith('outbound|'));
}
function only(text: string, node: TestNode = { type: 'sidecar' }): ClusterIr {
  const [cluster, ...others] = outbound(text, node);
  assert.ok(cluster);
  assert.deepEqual(others, []);
  return cluster;
}

test('CL-1: a cluster per port that is not UDP, and one more per subset', () => {
  const ports =
    'ports: [{ name: h, number: 80, protocol: HTTP }, { name: u, number: 53, protocol: UDP }, { name: t, number: 90, protocol: TCP }]';
  const text = entry(`resolution: STATIC, ${ports}`) + rule('subsets: [{ name: v1 }]');
  assert.deepEqual(
    outbound(text).map(({ name }) => name),
    ['outbound|80|v1|a.com', 'outbound|80||a.com', 'outbound|90|v1|a.com', 'outbound|90||a.com'],
  );
});

test('CL-2: how hosts are found, for sidecars and for routers', () => {
  const spec = (resolution: string): string =>
    `resolution: ${resolution}, ports: [{ name: h, number: 80, targetPort: 8080 }]`;
  for (const [text, sidecar, router] of [
    [entry(spec('STATIC')), 'eds', 'eds'],
    [entry(spec('DNS')), 'dns strict', 'dns strict'],
    [entry(spec('DNS_ROUND_ROBIN')), 'dns logical', 'dns logical'],
    [entry(spec('NONE')), 'original-destination 8080', 'eds'],
    [
      entry(spec('STATIC')) + rule('trafficPolicy: { loadBalancer: { simple: PASSTHROUGH } }'),
      'original-destination',
      'original-destination',
    ],
  ] as const) {
    const found = (type: 'sidecar' | 'router'): string => {
      const { discovery } = only(text, { type });
      if (discovery.type === 'dns') return `dns ${discovery.mode}`;
      return discovery.type === 'original-destination' && discovery.port
        ? `${discovery.type} ${discovery.port}`
        : discovery.type;
    };
    assert.deepEqual([found('sidecar'), found('router')], [sidecar, router], text);
  }
});

test('CL-2: a headless Service is passed through by sidecars and found by routers', () => {
  const text = `
apiVersion: v1
kind: Service
metadata: { name: a }
spec: { clusterIP: None, ports: [{ name: http, port: 80 }] }
`;
  assert.equal(only(text).discovery.type, 'original-destination');
  assert.equal(only(text, { type: 'router' }).discovery.type, 'eds');
});

test('CL-3: a DNS cluster without endpoints is left out and named, the whole one and a subset alike', () => {
  const text = entry(
    'resolution: DNS, ports: [{ name: h, number: 80 }], endpoints: [{ address: b.com, labels: { v: "1" } }]',
  );
  const { ir, issues } = lineOf(
    text + rule('subsets: [{ name: v1, labels: { v: "1" } }, { name: v2, labels: { v: "2" } }]'),
  );
  assert.deepEqual(
    ir.clusters.map(({ name }) => name).filter((name) => name.includes('a.com')),
    ['outbound|80|v1|a.com', 'outbound|80||a.com'],
  );
  assert.deepEqual(
    issues.map(({ code, resource }) => [code, resource]),
    [['DNS_CLUSTER_WITHOUT_ENDPOINTS', 'ServiceEntry/default/a']],
  );
});

test('CL-4: DNS lookups ask for the families of the proxy, by the mesh’s refresh; Istio’s own proxies have one', () => {
  const text = entry('resolution: DNS, ports: [{ name: h, number: 80 }]') + meshOf('{ dnsRefreshRate: 5s }');
  for (const [ips, stock, istio] of [
    [['10.0.0.1'], 'v4', 'v4'],
    [['fd00::1'], 'v6', 'v6'],
    [['10.0.0.1', 'fd00::1'], 'both', 'v4'],
  ] as const) {
    for (const [profile, family] of [
      ['envoy', stock],
      ['istio-proxy', istio],
    ] as const) {
      const { discovery } = only(text, { type: 'sidecar', ips, profile });
      assert.ok(discovery.type === 'dns');
      assert.deepEqual([discovery.family, discovery.refresh], [family, 5000]);
    }
  }
});

test('CL-5, DR-25: the protocol to the host', () => {
  const upgrade = rule('trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: UPGRADE } } }');
  const refuse = rule('trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: DO_NOT_UPGRADE } } }');
  const client = rule(
    'trafficPolicy: { connectionPool: { http: { useClientProtocol: true, h2UpgradePolicy: UPGRADE } } }',
  );
  const all = meshOf('{ h2UpgradePolicy: UPGRADE }');
  for (const [name, text, sidecar, router] of [
    ['HTTP', entry(port('protocol: HTTP')), undefined, undefined],
    ['GRPC', entry(port('protocol: GRPC')), 'http2', 'http2'],
    ['TCP', entry(port('protocol: TCP')), undefined, undefined],
    ['sniffed', entry(port('targetPort: 1')), 'downstream', undefined],
    ['rule upgrades TCP', entry(port('protocol: TCP')) + upgrade, 'http2', 'http2'],
    ['rule upgrades sniffed', entry(port('targetPort: 1')) + upgrade, 'downstream', 'http2'],
    ['mesh upgrades HTTP', entry(port('protocol: HTTP')) + all, 'http2', 'http2'],
    ['mesh leaves TCP', entry(port('protocol: TCP')) + all, undefined, undefined],
    ['rule refuses', entry(port('protocol: HTTP')) + refuse + all, undefined, undefined],
    ['client’s own', entry(port('protocol: GRPC')) + client + all, 'downstream', 'downstream'],
  ] as const) {
    const spoken = (type: 'sidecar' | 'router') => only(text, { type }).http?.protocol;
    assert.deepEqual([spoken('sidecar'), spoken('router')], [sidecar, router], name);
  }
});

test('DR-23: limits are none unless they are above zero; the connect timeout falls back to the mesh', () => {
  const plain = only(entry(http));
  const none = 4_294_967_295;
  assert.deepEqual(plain.limits, {
    connections: none,
    pendingRequests: none,
    requests: none,
    retries: none,
    retryBudget: undefined,
  });
  assert.equal(plain.connectTimeout, 10_000);
  const limited = only(
    entry(http) +
      rule(`trafficPolicy: { connectionPool: {
        tcp: { maxConnections: 1, connectTimeout: 2s },
        http: { http1MaxPendingRequests: 3, http2MaxRequests: 4, maxRetries: 0 } } }`),
  );
  assert.deepEqual(limited.limits, {
    connections: 1,
    pendingRequests: 3,
    requests: 4,
    retries: none,
    retryBudget: undefined,
  });
  assert.equal(limited.connectTimeout, 2000);
});

test('DR-24: times and counts of HTTP, and keepalive from the rule or the mesh', () => {
  const pool = (spec: string): string => rule(`trafficPolicy: { connectionPool: ${spec} }`);
  const both = only(
    entry(http) +
      pool(
        '{ tcp: { idleTimeout: 9s, maxConnectionDuration: 1h }, http: { idleTimeout: 3s, maxRequestsPerConnection: 7 } }',
      ),
  );
  assert.equal(both.http?.idleTimeout, 3000);
  assert.equal(both.http?.maxRequestsPerConnection, 7);
  assert.equal(both.http?.maxConnectionDuration, 3_600_000);
  assert.equal(only(entry(http) + pool('{ tcp: { idleTimeout: 9s } }')).http?.idleTimeout, 9000);
  const mesh = meshOf('{ tcpKeepalive: { probes: 9 } }');
  assert.equal(only(entry(http) + mesh).keepalive?.probes, 9);
  assert.equal(only(entry(http) + mesh + pool('{ tcp: { tcpKeepalive: { probes: 3 } } }')).keepalive?.probes, 3);
});

test('DR-26: a retry budget with its defaults', () => {
  const budget = (spec: string) =>
    only(entry(http) + rule(`trafficPolicy: { retryBudget: ${spec} }`)).limits?.retryBudget;
  assert.deepEqual(budget('{}'), { percent: 20, minimumConcurrency: 3, interval: undefined });
  assert.deepEqual(budget('{ percent: 5, minRetryConcurrency: 9, budgetInterval: 1s }'), {
    percent: 5,
    minimumConcurrency: 9,
    interval: 1000,
  });
});

test('DR-27, DR-28: outlier detection, its panic threshold and its statuses', () => {
  const plain = only(entry(http));
  assert.deepEqual([plain.outlier, plain.panicThreshold], [undefined, 0]);
  const found = only(
    entry(http) +
      rule(`trafficPolicy: { outlierDetection: { consecutive5xxErrors: 0, consecutiveGatewayErrors: 5, interval: 1s,
        baseEjectionTime: 2s, maxEjectionPercent: 30, minHealthPercent: 40, splitExternalLocalOriginErrors: true,
        consecutiveLocalOriginFailures: 6, outlierDetectionHttpErrorCodes: [429] } }`),
  );
  assert.deepEqual(found.outlier, {
    serverErrors: { afterFailures: 0 },
    gatewayErrors: { afterFailures: 5 },
    localFailures: { check: { afterFailures: 6 } },
    interval: 1000,
    baseEjectionTime: 2000,
    maxEjectionPercent: 30,
  });
  assert.equal(found.panicThreshold, 40);
  assert.deepEqual(found.http?.errorStatuses, [429]);
});

test('LB-14: least-request by default; what passes through leaves the choice to the discovery', () => {
  const lb = (spec: string) => only(entry(http) + rule(`trafficPolicy: { loadBalancer: ${spec} }`)).choice;
  assert.deepEqual(only(entry(http)).choice, { by: 'least-request', slowStart: undefined });
  assert.deepEqual(lb('{ simple: RANDOM }'), { by: 'random' });
  assert.deepEqual(lb('{ simple: ROUND_ROBIN, warmupDurationSecs: 5s }'), {
    by: 'round-robin',
    slowStart: { window: 5000, shape: undefined },
  });
  assert.deepEqual(lb('{ consistentHash: { useSourceIp: true } }'), { by: 'ring-hash', minimumRingSize: 1024 });
  assert.deepEqual(lb('{ simple: PASSTHROUGH }'), { by: 'discovery' });
  assert.deepEqual(only(entry('ports: [{ name: h, number: 80 }]')).choice, { by: 'discovery' });
});

test('CL-13, DR-20: a subset has its own endpoints and its own policy', () => {
  const endpoints = 'endpoints: [{ address: 10.0.0.1, labels: { v: "1" } }, { address: 10.0.0.2, labels: { v: "2" } }]';
  const text =
    entry(`resolution: STATIC, ports: [{ name: h, number: 80 }], ${endpoints}`) +
    rule('subsets: [{ name: v2, labels: { v: "2" }, trafficPolicy: { loadBalancer: { simple: RANDOM } } }]');
  const { ir } = lineOf(text);
  assert.deepEqual(ir.clusters.find(({ name }) => name === 'outbound|80|v2|a.com')?.choice, { by: 'random' });
  const addresses = (name: string): readonly unknown[] =>
    ir.endpoints
      .find((each) => each.name === name)
      ?.groups.flatMap((group) => group.endpoints.map(({ address }) => address)) ?? [];
  assert.deepEqual(addresses('outbound|80|v2|a.com'), [{ type: 'socket', address: '10.0.0.2', port: 80 }]);
  assert.equal(addresses('outbound|80||a.com').length, 2);
});

test('DR-36: metadata names the service, the first contributing rule, the subset, and what is external', () => {
  const external = entry(http) + rule('subsets: [{ name: v1 }]');
  assert.deepEqual(
    outbound(external).map(({ metadata }) => metadata),
    [
      {
        services: [{ host: 'a.com', name: 'a.com', namespace: 'default' }],
        configPath: '/apis/networking.istio.io/v1/namespaces/default/destination-rule/a',
        subset: 'v1',
        isExternal: false,
        keepsApplicationProtocols: false,
      },
      {
        services: [{ host: 'a.com', name: 'a.com', namespace: 'default' }],
        configPath: '/apis/networking.istio.io/v1/namespaces/default/destination-rule/a',
        subset: '',
        isExternal: true,
        keepsApplicationProtocols: false,
      },
    ],
  );
});

test('CL-12: a cluster is counted under its name, or by the mesh’s pattern', () => {
  assert.equal(only(entry(http)).statName, 'outbound|80||a.com;');
  const mesh = meshOf("{ outboundClusterStatName: '%SERVICE%_%SUBSET_NAME%_%SERVICE_PORT_NAME%_%SERVICE_PORT%_%X%' }");
  assert.equal(only(entry(http) + mesh).statName, 'a.com__http_80_%X%;');
});

test('EP-2, EP-10: a cluster by EDS always has an answer; an empty one is named', () => {
  const { ir, issues } = lineOf(entry('resolution: STATIC, ports: [{ name: h, number: 80 }]'));
  assert.deepEqual(ir.endpoints, [{ name: 'outbound|80||a.com', groups: [] }]);
  assert.deepEqual(
    issues.map(({ code }) => code),
    ['CLUSTER_WITHOUT_ENDPOINTS'],
  );
});

test('PROF-1: only Istio’s Envoy is asked to exchange metadata', () => {
  assert.equal(only(entry(http)).exchangesPeerMetadata, false);
  assert.equal(only(entry(http), { type: 'sidecar', profile: 'istio-proxy' }).exchangesPeerMetadata, true);
});

test('CL-2: DYNAMIC_DNS finds hosts by requests: ports that say a name, no subsets, no choice of its own', () => {
  const ports = ['HTTP', 'GRPC', 'TLS', 'TCP', 'HTTPS', 'UDP'].map(
    (protocol, index) => `{ name: p${index}, number: ${80 + index}, protocol: ${protocol} }`,
  );
  const text = entry(`resolution: DYNAMIC_DNS, ports: [${ports.join(', ')}]`).replace('[a.com]', "['*.a.com']");
  const found = outbound(
    text +
      rule('subsets: [{ name: v1 }], trafficPolicy: { connectionPool: { tcp: { maxConnections: 3 } } }').replace(
        'host: a.com',
        "host: '*.a.com'",
      ),
  );
  assert.deepEqual(
    found.map(({ name, http }) => [name, http?.protocol]),
    [
      ['outbound|80||*.a.com', undefined],
      ['outbound|81||*.a.com', 'http2'],
      ['outbound|82||*.a.com', undefined],
    ],
  );
  const [cluster] = found;
  assert.deepEqual(cluster?.discovery, {
    type: 'dynamic-dns',
    cache: { name: '*.a.com_dfp_dns_cache', family: 'v4', maxHosts: undefined },
    leavesNamesUnchecked: false,
  });
  assert.deepEqual(
    [cluster?.choice, cluster?.panicThreshold, cluster?.limits?.connections],
    [{ by: 'discovery' }, undefined, 3],
  );
});
