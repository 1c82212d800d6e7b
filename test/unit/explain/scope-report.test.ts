import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scopeReport, type ScopeReport } from '../../../lib/explain/scope-report.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const documents = `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: own, namespace: a }
spec:
  workloadSelector: { labels: { app: client } }
  egress:
    - { port: { number: 81, protocol: HTTP, name: web }, bind: 127.0.0.2, captureMode: NONE, hosts: ['b/*'] }
    - { hosts: ['./*'] }
  ingress:
    - { port: { number: 9080, protocol: HTTP_PROXY }, defaultEndpoint: '127.0.0.1:8080' }
    - { port: { number: 9081 }, captureMode: IPTABLES, defaultEndpoint: '[::]:81' }
    - { port: { number: 9082 }, defaultEndpoint: 'unix:///run/app' }
    - { port: { number: 9083 } }
  outboundTrafficPolicy:
    mode: ALLOW_ANY
    egressProxy: { host: proxy.com, port: { number: 3128 } }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: one, namespace: a }
spec: { hosts: [one.com], resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: two, namespace: b }
spec:
  hosts: [x.two.com, '*.three.com']
  resolution: NONE
  ports: [{ number: 81, name: http, protocol: HTTP }, { number: 82, name: any }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: far, namespace: c }
spec: { hosts: [far.com], resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: one, namespace: a }
spec: { hosts: [one.com], http: [{ route: [{ destination: { host: far.com } }] }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: one, namespace: a }
spec: { host: one.com, trafficPolicy: { connectionPool: { tcp: { maxConnections: 3 } } } }
`;

function reportOf(host?: string, node: Partial<TestNode> = {}): ScopeReport {
  const { view } = lineOf(documents, { type: 'sidecar', namespace: 'a', labels: { app: 'client' }, ...node });
  return scopeReport(view, host);
}

const hosts = (report: ScopeReport): readonly string[] => report.services.map(({ host }) => host);

test('SC-28: a scope tells its Sidecar, its policy, and what each listener imports', () => {
  const { services, egress, ingress, ...rest } = reportOf();
  assert.deepEqual(rest, {
    namespace: 'a',
    sidecar: 'Sidecar/a/own',
    outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'proxy.com', port: 3128 } },
  });
  const http = (number: number) => ({ number, name: 'http', protocol: 'HTTP' });
  assert.deepEqual(services, [
    { resource: 'ServiceEntry/b/two', namespace: 'b', host: '*.three.com', ports: [http(81)] },
    { resource: 'ServiceEntry/b/two', namespace: 'b', host: 'x.two.com', ports: [http(81)] },
    {
      ...{ resource: 'ServiceEntry/a/one', namespace: 'a', host: 'one.com', ports: [http(80)] },
      policies: ['DestinationRule/a/one'],
    },
    { resource: 'ServiceEntry/c/far', namespace: 'c', host: 'far.com', ports: [http(80)] },
  ]);
  const two = [
    { namespace: 'b', host: '*.three.com', ports: [81] },
    { namespace: 'b', host: 'x.two.com', ports: [81] },
  ];
  assert.deepEqual(egress, [
    {
      port: { number: 81, name: 'web', protocol: 'HTTP' },
      ...{ bind: '127.0.0.2', captureMode: 'NONE', services: two, routes: [] },
    },
    {
      captureMode: 'DEFAULT',
      services: [{ namespace: 'a', host: 'one.com', ports: [80] }],
      routes: ['VirtualService/a/one'],
    },
  ]);
  assert.deepEqual(ingress, [
    { port: { number: 9080, protocol: 'HTTP_PROXY' }, captureMode: 'DEFAULT', defaultEndpoint: '127.0.0.1:8080' },
    { port: { number: 9081 }, captureMode: 'IPTABLES', defaultEndpoint: '[::]:81' },
    { port: { number: 9082 }, captureMode: 'DEFAULT', defaultEndpoint: 'unix:///run/app' },
    { port: { number: 9083 }, captureMode: 'DEFAULT' },
  ]);
});

test('SC-28: where no Sidecar decides, the mesh does, and all that is in sight is imported', () => {
  const report = reportOf(undefined, { labels: { app: 'other' } });
  assert.deepEqual([report.sidecar, report.outboundTrafficPolicy], [undefined, { mode: 'ALLOW_ANY' }]);
  assert.deepEqual(
    report.egress.map(({ port, services }) => [port, services.length]),
    [[undefined, 4]],
  );
});

test('SC-29: a host is looked up by its name, a wildcard finds all that it overlaps, an unknown host nothing', () => {
  assert.deepEqual(hosts(reportOf('one.com')), ['one.com']);
  assert.deepEqual(hosts(reportOf('*.com')), ['*.three.com', 'x.two.com', 'one.com', 'far.com']);
  assert.deepEqual(hosts(reportOf('*.y.three.com')), ['*.three.com']);
  assert.deepEqual([hosts(reportOf('*.org')), hosts(reportOf('y.three.com'))], [[], []]);
  const { egress } = reportOf('x.two.com');
  assert.deepEqual(
    egress.map(({ services, routes }) => [services.length, routes]),
    [
      [1, []],
      [0, []],
    ],
  );
});
