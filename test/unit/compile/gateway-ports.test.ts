import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';

const documents = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: edge }
spec:
  hosts: [edge.test]
  resolution: STATIC
  ports: [{ name: http, number: 80, protocol: HTTP, targetPort: 8080 }]
  endpoints: [{ address: 10.0.0.1 }]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge }
spec:
  servers:
  - { port: { number: 80, name: a, protocol: HTTP }, hosts: [www.test] }
  - { port: { number: 80, name: b, protocol: HTTP }, hosts: [www.test], bind: 10.0.0.1 }
  - { port: { number: 90, name: c, protocol: HTTP }, hosts: [www.test] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: www }
spec:
  hosts: [www.test]
  gateways: [edge]
  http:
  - { name: written, match: [{ port: 80 }], route: [{ destination: { host: edge.test } }] }
  - { name: bound, match: [{ port: 8080 }], route: [{ destination: { host: edge.test } }] }
`;

const { ir } = lineOf(documents, { type: 'router', ips: ['10.0.0.1'] });

test('GW-14: a match on a port means the one that the server writes, not the one that the router binds for it', () => {
  assert.ok(ir.listeners.some(({ name }) => name === '0.0.0.0_8080'));
  const routes = ir.routes.find(({ name }) => name === 'http.8080')?.virtualHosts.flatMap((host) => host.routes);
  assert.deepEqual(
    routes?.map(({ name }) => name),
    ['written'],
  );
});

test('GW-6: each port and each address that is bound is served apart', () => {
  assert.deepEqual(
    ir.listeners.map(({ name }) => name),
    ['0.0.0.0_8080', '0.0.0.0_90', '10.0.0.1_8080'],
  );
});
