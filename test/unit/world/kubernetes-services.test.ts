import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servicesOf, service, workload } from '../../support/services.ts';

test('SR-2: a Service without a cluster IP is headless; addresses are its cluster IPs', () => {
  const [headless] = servicesOf(service('{ clusterIP: None }')).services;
  assert.deepEqual([headless?.resolution, headless?.addresses], ['headless', []]);
  const [dual] = servicesOf(service('{ clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "fd00::1"] }')).services;
  assert.deepEqual([dual?.resolution, dual?.addresses], ['static', ['10.0.0.1', 'fd00::1']]);
});

test('SR-5: a Service is exported by its annotation, else by the mesh', () => {
  const annotated = "{ name: web, annotations: { networking.istio.io/exportTo: '., b' } }";
  assert.deepEqual(servicesOf(service('{}', annotated)).services[0]?.visibility, {
    to: 'namespaces',
    namespaces: ['b', 'default'],
  });
  const mesh = `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { defaultServiceExportTo: ['.'] } }
`;
  assert.deepEqual(servicesOf([service('{}'), mesh].join('---')).services[0]?.visibility, {
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
    assert.equal(servicesOf(service(`{ ports: [${port}] }`)).services[0]?.ports[0]?.protocol, protocol, port);
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
    const { endpoints } = servicesOf([service(`{ selector: { app: w }, ports: [${port}] }`), ...workloads].join('---'));
    assert.deepEqual(
      endpoints('default/web.default.svc.cluster.local').map(({ port }) => port),
      expected,
      port,
    );
  }
});

test('a Service without a selector takes no workloads', () => {
  const { endpoints } = servicesOf(
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
  const { endpoints } = servicesOf([service('{ ports: [{ name: http, port: 80 }] }'), slice].join('---'));
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
  const { endpoints } = servicesOf(
    [service('{ publishNotReadyAddresses: true, ports: [{ name: http, port: 80 }] }'), slice].join('---'),
  );
  assert.equal(endpoints('default/web.default.svc.cluster.local')[1]?.health, 'healthy');
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
    const found = servicesOf(service(ports)).services[0]?.ports.map(({ name, protocol }) => [name, protocol]);
    assert.deepEqual(found, [['tcp', 'tcp']]);
  }
  assert.deepEqual(servicesOf(service(udp)).services[0]?.ports, [{ name: 'udp', number: 53, protocol: 'udp' }]);
});
