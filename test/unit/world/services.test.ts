import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceKey, type Endpoint, type Service, type ServiceKey } from '../../../lib/model/service.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';
import { lineOf } from '../../support/line.ts';

const read = (text: string): { services: readonly Service[]; endpoints: (key: string) => readonly Endpoint[] } => {
  const { value } = buildWorld(unadmittedResourcesOf(text));
  return { services: value.services, endpoints: (key) => value.endpoints.get(key as ServiceKey) ?? [] };
};

const entry = (spec: string, metadata = '{ name: a }'): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: ${metadata}
spec: ${spec}
`;

test('SE-1: one service per host with all its addresses; a CIDR of one address is that address, nonsense is skipped', () => {
  const { services } = read(
    entry('{ hosts: [b.com, a.com], addresses: [10.0.0.1/32, 10.1.0.0/16, "::1/128", no, 10.0.0.1] }'),
  );
  assert.deepEqual(
    services.map(({ hostname, addresses }) => [hostname, addresses]),
    [
      ['a.com', ['10.0.0.1', '10.1.0.0/16', '::1']],
      ['b.com', ['10.0.0.1', '10.1.0.0/16', '::1']],
    ],
  );
});

test('SE-2: resolution and location, with their defaults', () => {
  for (const [spec, resolution, isMeshExternal] of [
    ['{ hosts: [a.com] }', 'passthrough', true],
    ['{ hosts: [a.com], resolution: STATIC, location: MESH_INTERNAL }', 'static', false],
    ['{ hosts: [a.com], resolution: DNS, location: MESH_EXTERNAL }', 'dns', true],
    ['{ hosts: [a.com], resolution: DNS_ROUND_ROBIN }', 'dns-round-robin', true],
    ["{ hosts: ['*.com'], resolution: DYNAMIC_DNS }", 'dynamic-dns', true],
  ] as const) {
    const [service] = read(entry(spec)).services;
    assert.deepEqual([service?.resolution, service?.isMeshExternal], [resolution, isMeshExternal], spec);
  }
});

test('SE-3: a target port is the endpoint port, and for NONE the port to pass on to', () => {
  const port = 'ports: [{ name: http, number: 80, protocol: HTTP, targetPort: 8080 }]';
  const none = read(entry(`{ hosts: [a.com], ${port} }`));
  assert.equal(none.services[0]?.ports[0]?.passthroughPort, 8080);
  const fixed = read(entry(`{ hosts: [a.com], resolution: STATIC, ${port}, endpoints: [{ address: 10.0.0.1 }] }`));
  assert.equal(fixed.services[0]?.ports[0]?.passthroughPort, undefined);
  assert.equal(fixed.endpoints('default/a.com')[0]?.port, 8080);
});

test('SE-4: names of certificates, labels and exportTo are the service’s', () => {
  const [service] = read(
    entry('{ hosts: [a.com], subjectAltNames: [b, a], exportTo: [., other] }', '{ name: a, labels: { x: y } }'),
  ).services;
  assert.deepEqual(service?.accounts, ['a', 'b']);
  assert.deepEqual(service?.labels, { x: 'y' });
  assert.deepEqual(service?.visibility, { to: 'namespaces', namespaces: ['default', 'other'] });
});

test('SE-5: a DNS entry without endpoints and selector is reached at its own name', () => {
  const { endpoints } = read(
    entry(
      '{ hosts: [a.com], resolution: DNS, ports: [{ name: h, number: 80 }, { name: t, number: 81, targetPort: 9 }] }',
    ),
  );
  assert.deepEqual(
    endpoints('default/a.com').map(({ address, port, tlsMode }) => [address, port, tlsMode]),
    [
      ['a.com', 80, 'disabled'],
      ['a.com', 9, 'disabled'],
    ],
  );
});

test('SE-6: port, weight, locality, network, account and name of a written endpoint', () => {
  const { services, endpoints } = read(
    entry(`
  hosts: [a.com]
  resolution: DNS
  ports: [{ name: h, number: 80, targetPort: 8080 }]
  endpoints:
    - { address: 10.0.0.1, ports: { h: 9090 }, weight: 5, locality: r/z/s, network: n, serviceAccount: sa }
    - { address: 'unix:///tmp/s', labels: { istio-locality: r.z } }
    - { address: 10.0.0.3 }`),
  );
  const [first, socket, plain] = endpoints('default/a.com');
  assert.deepEqual([first?.port, first?.weight, first?.network, first?.tlsMode], [9090, 5, 'n', 'istio']);
  assert.deepEqual(first?.locality, { region: 'r', zone: 'z', subzone: 's' });
  assert.deepEqual([socket?.address, socket?.port, socket?.locality.zone], ['/tmp/s', 0, 'z']);
  assert.deepEqual([plain?.port, plain?.weight, plain?.tlsMode, plain?.workload], [8080, 1, 'disabled', 'a-2']);
  assert.deepEqual(services[0]?.accounts, ['spiffe://cluster.local/ns/default/sa/sa']);
});

const workload = (name: string, spec: string, metadata = ''): string => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}, ${metadata} }
spec: ${spec}
`;

test('SE-7, SE-9: a selector takes workloads of its own namespace; a label of the metadata wins over one of the spec', () => {
  const { endpoints } = read(
    [
      entry(
        '{ hosts: [a.com], resolution: STATIC, ports: [{ name: h, number: 80 }], workloadSelector: { labels: { v: "1" } } }',
      ),
      workload('yes', '{ address: 10.0.0.1, labels: { v: "2" } }', 'labels: { v: "1" }'),
      workload('no', '{ address: 10.0.0.2, labels: { v: "1" } }', 'labels: { v: "2" }'),
      workload('elsewhere', '{ address: 10.0.0.3, labels: { v: "1" } }', 'namespace: other'),
    ].join('---'),
  );
  assert.deepEqual(
    endpoints('default/a.com').map(({ workload }) => workload),
    ['yes'],
  );
});

test('SE-7: an empty selector takes every workload of the namespace', () => {
  const { endpoints } = read(
    [
      entry('{ hosts: [a.com], resolution: STATIC, ports: [{ name: h, number: 80 }], workloadSelector: {} }'),
      workload('b', '{ address: 10.0.0.2 }'),
      workload('a', '{ address: 10.0.0.1 }'),
    ].join('---'),
  );
  assert.deepEqual(
    endpoints('default/a.com').map(({ address }) => address),
    ['10.0.0.1', '10.0.0.2'],
  );
});

test('SE-8: host names and sockets are taken by DNS entries alone', () => {
  const workloads = [workload('a', '{ address: a.internal }'), workload('b', '{ address: "unix:///s" }')];
  for (const [resolution, expected] of [
    ['STATIC', 0],
    ['DNS', 2],
  ] as const) {
    const spec = `{ hosts: [a.com], resolution: ${resolution}, ports: [{ name: h, number: 80 }], workloadSelector: {} }`;
    assert.equal(read([entry(spec), ...workloads].join('---')).endpoints('default/a.com').length, expected, resolution);
  }
});

test('SE-10: a workload that says it is checked serves only while it is healthy', () => {
  const checked = "annotations: { proxy.istio.io/health-checks-enabled: 'true' }";
  const spec = '{ hosts: [a.com], resolution: STATIC, ports: [{ name: h, number: 80 }], workloadSelector: {} }';
  const resources = unadmittedResourcesOf(
    [
      entry(spec),
      workload('new', '{ address: 10.0.0.1 }', checked),
      workload('well', '{ address: 10.0.0.2 }', checked),
    ].join('---'),
  ).map((resource) =>
    resource.metadata.name === 'well'
      ? { ...resource, status: { conditions: [{ type: 'Healthy', status: 'True' }] } }
      : resource,
  );
  const endpoints = buildWorld(resources).value.endpoints.get('default/a.com' as ServiceKey);
  assert.deepEqual(
    endpoints?.map(({ workload }) => workload),
    ['well'],
  );
});

test('SE-11: DNS round robin uses the first endpoint of the oldest entry, per port', () => {
  const spec = (host: string): string =>
    `{ hosts: [a.com], resolution: DNS_ROUND_ROBIN, ports: [{ name: h, number: 80 }, { name: t, number: 81 }], endpoints: [{ address: ${host} }] }`;
  const { endpoints } = read(
    [entry(spec('two.com'), '{ name: b }'), entry(spec('one.com'), '{ name: a }')].join('---'),
  );
  assert.deepEqual(
    endpoints('default/a.com').map(({ address, portName }) => [address, portName]),
    [
      ['one.com', 'h'],
      ['one.com', 't'],
    ],
  );
});

test('SE-13, SR-4: entries of one host are one service, by the oldest; like ones add ports, all add endpoints', () => {
  const spec = (name: string, number: number, address: string): string =>
    `{ hosts: [a.com], resolution: STATIC, ports: [{ name: ${name}, number: ${number} }], endpoints: [{ address: ${address} }] }`;
  const young = entry(spec('new', 81, '10.0.0.2'), "{ name: young, creationTimestamp: '2025-01-01T00:00:00Z' }");
  const old = entry(spec('old', 80, '10.0.0.1'), "{ name: old, creationTimestamp: '2024-01-01T00:00:00Z' }");
  const { services, endpoints } = read([young, old].join('---'));
  assert.deepEqual(
    services.map(({ source, ports }) => [source, ports.map(({ number }) => number)]),
    [['ServiceEntry/default/old', [80, 81]]],
  );
  assert.deepEqual(
    endpoints('default/a.com').map(({ address }) => address),
    ['10.0.0.1', '10.0.0.2'],
  );
});

const service = (spec: string, metadata = '{ name: web }'): string => `
apiVersion: v1
kind: Service
metadata: ${metadata}
spec: ${spec}
`;

test('SR-4: a Service replaces an older ServiceEntry of its name, which is told so', () => {
  const text = [
    entry(
      '{ hosts: [web.default.svc.cluster.local], ports: [{ name: x, number: 9 }] }',
      "{ name: squatter, creationTimestamp: '2020-01-01T00:00:00Z' }",
    ),
    service(
      '{ clusterIP: 10.0.0.1, ports: [{ name: http, port: 80 }] }',
      "{ name: web, creationTimestamp: '2024-01-01T00:00:00Z' }",
    ),
  ].join('---');
  const { value, issues } = buildWorld(unadmittedResourcesOf(text));
  assert.deepEqual(
    value.services.map(({ source, ports }) => [source, ports.map(({ number }) => number)]),
    [['Service/default/web', [80]]],
  );
  assert.deepEqual(
    issues.map(({ code, resource }) => [code, resource]),
    [['SERVICE_SHADOWED', 'ServiceEntry/default/squatter']],
  );
});

test('SR-2: a Service without a cluster IP is headless; addresses are its cluster IPs', () => {
  const [headless] = read(service('{ clusterIP: None }')).services;
  assert.deepEqual([headless?.resolution, headless?.addresses], ['headless', []]);
  const [dual] = read(service('{ clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "fd00::1"] }')).services;
  assert.deepEqual([dual?.resolution, dual?.addresses], ['static', ['10.0.0.1', 'fd00::1']]);
});

test('SR-5: a Service is exported by its annotation, else by the mesh', () => {
  const annotated = "{ name: web, annotations: { networking.istio.io/exportTo: '., b' } }";
  assert.deepEqual(read(service('{}', annotated)).services[0]?.visibility, {
    to: 'namespaces',
    namespaces: ['b', 'default'],
  });
  const mesh = `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { defaultServiceExportTo: ['.'] } }
`;
  assert.deepEqual(read([service('{}'), mesh].join('---')).services[0]?.visibility, {
    to: 'namespaces',
    namespaces: ['default'],
  });
});

test('HN-11: what a Service’s port speaks', () => {
  for (const [port, protocol] of [
    ['{ name: http-web, port: 80 }', 'http'],
    ['{ name: GRPC-WEB-x, port: 80 }', 'grpc-web'],
    ['{ name: grpc, port: 80 }', 'grpc'],
    ['{ name: x, port: 80 }', 'auto'],
    ['{ port: 80 }', 'auto'],
    ['{ name: db, port: 3306 }', 'tcp'],
    ['{ name: http, port: 80, appProtocol: tcp }', 'tcp'],
    ['{ name: x, port: 80, appProtocol: kubernetes.io/h2c }', 'http2'],
    ['{ name: http, port: 80, protocol: UDP }', 'udp'],
  ] as const) {
    assert.equal(read(service(`{ ports: [${port}] }`)).services[0]?.ports[0]?.protocol, protocol, port);
  }
});

test('a Service selects workloads: by number, by name, or by its own port', () => {
  const workloads = [
    workload('a', '{ address: 10.0.0.1, ports: { web: 8081, http: 8082 }, labels: { app: w } }'),
    workload('b', '{ address: 10.0.0.2, labels: { app: w } }'),
  ];
  for (const [port, expected] of [
    ['{ name: http, port: 80, targetPort: 8080 }', [8080, 8080]],
    ['{ name: http, port: 80, targetPort: web }', [8081]],
    ['{ name: http, port: 80 }', [8082, 80]],
  ] as const) {
    const { endpoints } = read([service(`{ selector: { app: w }, ports: [${port}] }`), ...workloads].join('---'));
    assert.deepEqual(
      endpoints('default/web.default.svc.cluster.local').map(({ port }) => port),
      expected,
      port,
    );
  }
});

test('a Service without a selector takes no workloads', () => {
  const { endpoints } = read(
    [service('{ ports: [{ port: 80 }] }'), workload('a', '{ address: 10.0.0.1 }')].join('---'),
  );
  assert.deepEqual(endpoints('default/web.default.svc.cluster.local'), []);
});

const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 8080 }, { name: dns, port: 53, protocol: UDP }]
endpoints:
  - { addresses: [10.0.0.1] }
  - { addresses: [10.0.0.2], conditions: { ready: false } }
  - { addresses: [10.0.0.3], conditions: { ready: false, serving: true, terminating: true } }
  - { addresses: [10.0.0.4], conditions: { ready: false, terminating: true } }
`;

test('SR-20: conditions of a slice’s endpoint', () => {
  const { endpoints } = read([service('{ ports: [{ name: http, port: 80 }] }'), slice].join('---'));
  assert.deepEqual(
    endpoints('default/web.default.svc.cluster.local').map(({ address, port, health }) => [address, port, health]),
    [
      ['10.0.0.1', 8080, 'healthy'],
      ['10.0.0.2', 8080, 'unhealthy'],
      ['10.0.0.3', 8080, 'draining'],
      ['10.0.0.4', 8080, 'terminating'],
    ],
  );
});

test('SR-18: a service that publishes unready addresses calls them healthy', () => {
  const { endpoints } = read(
    [service('{ publishNotReadyAddresses: true, ports: [{ name: http, port: 80 }] }'), slice].join('---'),
  );
  assert.equal(endpoints('default/web.default.svc.cluster.local')[1]?.health, 'healthy');
});

test('SR-17: a service may ask clients to stay near, in its spec word for word or in an annotation in any case', () => {
  const wish = (text: string) => read(text).services[0]?.trafficDistribution;
  const annotated = (word: string): string =>
    `{ name: a, annotations: { networking.istio.io/traffic-distribution: ${word} } }`;
  const port = 'ports: [{ port: 80 }]';
  assert.equal(wish(service(`{ trafficDistribution: PreferClose, ${port} }`)), 'same-zone');
  assert.equal(wish(service(`{ trafficDistribution: PreferSameNode, ${port} }`)), 'same-node');
  assert.equal(wish(service(`{ trafficDistribution: preferclose, ${port} }`)), undefined);
  assert.equal(wish(service(`{ ${port} }`, annotated('preferSAMEzone'))), 'same-zone');
  assert.equal(wish(entry('{ hosts: [a.com] }', annotated('PreferClose'))), 'same-zone');
  assert.equal(wish(entry('{ hosts: [a.com] }', annotated('Nonsense'))), undefined);
});

const mesh = (meshConfig: string): string => `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: ${meshConfig} }
`;

test('SR-8: mesh policies narrow the visibility of ServiceEntries, the first that matches the namespace, and never widen it', () => {
  const here =
    '{ visibility: NAMESPACE, matchingRules: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: default } } }] }';
  const caps = (settings: string): string => mesh(`{ serviceEntryVisibility: { ${settings} } }`);
  for (const [exportTo, settings, expected] of [
    ["['*']", `applyToSidecars: true, policies: [${here}, { visibility: NONE }]`, ['default']],
    ['[b]', `applyToSidecars: true, policies: [${here}]`, 'nobody'],
    ["['~']", 'applyToSidecars: true, defaultVisibility: PUBLIC', 'nobody'],
    ["['*']", 'applyToSidecars: true, defaultVisibility: NONE', 'nobody'],
    ["['*']", 'applyToSidecars: true', 'everyone'],
    ["['*']", 'defaultVisibility: NONE', 'everyone'],
    ["['*']", 'applyToSidecars: true, policies: [{ visibility: NONE, matchingRules: [{}] }]', 'everyone'],
  ] as const) {
    const [found] = read([entry(`{ hosts: [a.com], exportTo: ${exportTo} }`), caps(settings)].join('---')).services;
    const seen = found?.visibility.to === 'namespaces' ? found.visibility.namespaces : found?.visibility.to;
    assert.deepEqual(seen, expected, settings);
  }
});

test('SR-10: SPIFFE names stand under every alias of the trust domain too, other names do not', () => {
  const text = entry(
    '{ hosts: [a.com], resolution: STATIC, subjectAltNames: [a.internal], endpoints: [{ address: 10.0.0.1, serviceAccount: sa }] }',
  );
  assert.deepEqual(read([text, mesh('{ trustDomainAliases: [old.example] }')].join('---')).services[0]?.accounts, [
    'a.internal',
    'spiffe://cluster.local/ns/default/sa/sa',
    'spiffe://old.example/ns/default/sa/sa',
  ]);
});

test('SE-16, SE-17: addresses of the status belong to their host; a status of another shape says nothing', () => {
  const [resource] = unadmittedResourcesOf(entry('{ hosts: [a.com, b.com], resolution: STATIC }'));
  assert.ok(resource);
  const allocated = (addresses: unknown) => {
    const { value } = buildWorld([{ ...resource, status: { addresses } }], { drawsAddresses: false });
    return value.services.map(({ namespace, hostname }) =>
      value.allocatedAddresses.get(serviceKey(namespace, hostname)),
    );
  };
  const [a, b] = [
    { host: 'A.com', value: '240.240.0.1' },
    { host: 'b.com', value: 'no address' },
  ];
  assert.deepEqual(allocated([a, b]), [['240.240.0.1'], undefined]);
  for (const odd of [undefined, {}, 'x', [a, null], [a, { host: 'b.com' }]])
    assert.deepEqual(allocated(odd), [undefined, undefined]);
});

test('HN-15: of two ports with one number the one that is not UDP is found, wherever it stands', () => {
  const service = (ports: string): string => `
apiVersion: v1
kind: Service
metadata: { name: dns, namespace: default }
spec: { clusterIP: 10.0.0.10, ports: [${ports}] }
`;
  const [udp, tcp] = ['{ name: udp, port: 53, protocol: UDP }', '{ name: tcp, port: 53 }'];
  for (const ports of [`${udp}, ${tcp}`, `${tcp}, ${udp}`]) {
    const found = read(service(ports)).services[0]?.ports.map(({ name, protocol }) => [name, protocol]);
    assert.deepEqual(found, [['tcp', 'tcp']]);
  }
  assert.deepEqual(read(service(udp)).services[0]?.ports, [{ name: 'udp', number: 53, protocol: 'udp' }]);
});

test('SR-1: what a service is, whatever document it came from', () => {
  const { services } = read(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, creationTimestamp: '2024-01-01T00:00:00Z', labels: { tier: front } }
spec: { clusterIP: 10.0.0.1, ports: [{ name: http, port: 80 }], trafficDistribution: PreferClose }
`);
  assert.deepEqual(services, [
    {
      source: 'Service/shop/web',
      hostname: 'web.shop.svc.cluster.local',
      namespace: 'shop',
      name: 'web',
      registry: 'kubernetes',
      createdAt: '2024-01-01T00:00:00Z',
      resolution: 'static',
      addresses: ['10.0.0.1'],
      ports: [{ name: 'http', number: 80, protocol: 'http' }],
      isMeshExternal: false,
      visibility: { to: 'everyone' },
      labels: { tier: 'front' },
      accounts: [],
      trafficDistribution: 'same-zone',
    },
  ]);
});

test('SR-1: one host in two namespaces is two services', () => {
  const { services } = read(
    [
      entry('{ hosts: [a.com] }', '{ name: a, namespace: b }'),
      entry('{ hosts: [a.com] }', '{ name: a, namespace: c }'),
    ].join('---'),
  );
  assert.deepEqual(
    services.map(({ namespace, hostname }) => [namespace, hostname]),
    [
      ['b', 'a.com'],
      ['c', 'a.com'],
    ],
  );
});

test('SR-3: services are sorted by age, then by name and namespace, whatever the order of documents', () => {
  const dated = (name: string, namespace: string, at: string): string =>
    entry(`{ hosts: [${name}.com] }`, `{ name: ${name}, namespace: ${namespace}, creationTimestamp: '${at}' }`);
  const texts = [
    dated('z', 'n', '2020-01-01T00:00:00Z'),
    dated('a', 'm', '2021-01-01T00:00:00Z'),
    dated('a', 'n', '2021-01-01T00:00:00Z'),
    dated('b', 'a', '2021-01-01T00:00:00Z'),
  ];
  for (const order of [texts, texts.toReversed()]) {
    assert.deepEqual(
      read(order.join('---')).services.map(({ source }) => source),
      ['ServiceEntry/n/z', 'ServiceEntry/m/a', 'ServiceEntry/n/a', 'ServiceEntry/a/b'],
    );
  }
});

test('SR-9: instances are found by host and port; a port that none serves has none', () => {
  const { endpoints } = read(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.0.0.1, ports: [{ name: http, port: 80 }, { name: dns, port: 53, protocol: UDP }, { name: idle, port: 81 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: shop, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 8080 }, { name: dns, port: 5353, protocol: UDP }]
endpoints: [{ addresses: [10.1.0.1] }]
`);
  const found = endpoints('shop/web.shop.svc.cluster.local').map(({ portName, port }) => [portName, port]);
  assert.deepEqual(found, [['http', 8080]]);
  assert.deepEqual(endpoints('shop/nobody.shop.svc.cluster.local'), []);
});

test('SR-9: a port of UDP has no resource', () => {
  const { resources } = lineOf(`
apiVersion: v1
kind: Service
metadata: { name: dns, namespace: shop }
spec: { clusterIP: 10.0.0.1, ports: [{ name: dns, port: 53, protocol: UDP }] }
`);
  assert.ok(!JSON.stringify(resources).includes('dns.shop'));
});

const namespaceWith = (metadata: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: default, ${metadata} }
`;

test('SR-17: where neither spec nor annotation of a service says it, its namespace does, and no other', () => {
  const near = namespaceWith('annotations: { networking.istio.io/traffic-distribution: PreferClose }');
  const distribution = (metadata: string): unknown =>
    read([entry('{ hosts: [a.com] }', metadata), near].join('---')).services[0]?.trafficDistribution;
  assert.equal(distribution('{ name: a }'), 'same-zone');
  assert.equal(distribution('{ name: a, namespace: other }'), undefined);
  const annotated = (word: string) => `{ name: a, annotations: { networking.istio.io/traffic-distribution: ${word} } }`;
  assert.equal(distribution(annotated('PreferSameNode')), 'same-node');
  assert.equal(distribution(annotated('nonsense')), undefined);
  const service = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { clusterIP: 10.0.0.1, ports: [{ port: 80 }] }
`;
  assert.equal(read([service, near].join('---')).services[0]?.trafficDistribution, 'same-zone');
});

test('SR-8: policies select namespaces by the labels that they are written down with', () => {
  const caps = mesh(`{
    serviceEntryVisibility: {
      applyToSidecars: true,
      defaultVisibility: PUBLIC,
      policies: [{ visibility: NONE, matchingRules: [{ namespaceSelector: { matchLabels: { tier: inner } } }] }],
    },
  }`);
  const seen = (labels: string): unknown =>
    read([entry('{ hosts: [a.com] }'), namespaceWith(`labels: ${labels}`), caps].join('---')).services[0]?.visibility
      .to;
  assert.equal(seen('{ tier: inner }'), 'nobody');
  assert.equal(seen('{ tier: outer }'), 'everyone');
});
