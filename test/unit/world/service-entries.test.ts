import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceKey, type ServiceKey } from '../../../lib/model/service.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';
import { entry, mesh, namespaceWith, servicesOf, workload } from '../../support/services.ts';

test('SE-1: one service per host with all its addresses; a CIDR of one address is that address, nonsense is skipped', () => {
  const { services } = servicesOf(
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
    const [service] = servicesOf(entry(spec)).services;
    assert.deepEqual([service?.resolution, service?.isMeshExternal], [resolution, isMeshExternal], spec);
  }
});

test('SE-3: a target port is the endpoint port, and for NONE the port to pass on to', () => {
  const port = 'ports: [{ name: http, number: 80, protocol: HTTP, targetPort: 8080 }]';
  const none = servicesOf(entry(`{ hosts: [a.com], ${port} }`));
  assert.equal(none.services[0]?.ports[0]?.passthroughPort, 8080);
  const fixed = servicesOf(
    entry(`{ hosts: [a.com], resolution: STATIC, ${port}, endpoints: [{ address: 10.0.0.1 }] }`),
  );
  assert.equal(fixed.services[0]?.ports[0]?.passthroughPort, undefined);
  assert.equal(fixed.endpoints('default/a.com')[0]?.port, 8080);
});

test('SE-4: names of certificates, labels and exportTo are the service’s', () => {
  const [service] = servicesOf(
    entry('{ hosts: [a.com], subjectAltNames: [b, a], exportTo: [., other] }', '{ name: a, labels: { x: y } }'),
  ).services;
  assert.deepEqual(service?.accounts, ['a', 'b']);
  assert.deepEqual(service?.labels, { x: 'y' });
  assert.deepEqual(service?.visibility, { to: 'namespaces', namespaces: ['default', 'other'] });
});

test('SE-5: a DNS entry without endpoints and selector is reached at its own name', () => {
  const { endpoints } = servicesOf(
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
  const { services, endpoints } = servicesOf(
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

test('SE-7, SE-9: a selector takes workloads of its own namespace; a label of the metadata wins over one of the spec', () => {
  const { endpoints } = servicesOf(
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
  const { endpoints } = servicesOf(
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
    assert.equal(
      servicesOf([entry(spec), ...workloads].join('---')).endpoints('default/a.com').length,
      expected,
      resolution,
    );
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
  const { endpoints } = servicesOf(
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
    const [found] = servicesOf(
      [entry(`{ hosts: [a.com], exportTo: ${exportTo} }`), caps(settings)].join('---'),
    ).services;
    const seen = found?.visibility.to === 'namespaces' ? found.visibility.namespaces : found?.visibility.to;
    assert.deepEqual(seen, expected, settings);
  }
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

test('SR-8: policies select namespaces by the labels that they are written down with', () => {
  const caps = mesh(`{
    serviceEntryVisibility: {
      applyToSidecars: true,
      defaultVisibility: PUBLIC,
      policies: [{ visibility: NONE, matchingRules: [{ namespaceSelector: { matchLabels: { tier: inner } } }] }],
    },
  }`);
  const seen = (labels: string): unknown =>
    servicesOf([entry('{ hosts: [a.com] }'), namespaceWith(`labels: ${labels}`), caps].join('---')).services[0]
      ?.visibility.to;
  assert.equal(seen('{ tier: inner }'), 'nobody');
  assert.equal(seen('{ tier: outer }'), 'everyone');
});
