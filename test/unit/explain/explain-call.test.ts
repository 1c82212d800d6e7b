import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainCall } from '../../../lib/explain/explain-call.ts';
import { explainView } from '../../../lib/explain/explain-view.ts';
import type { Explanation, Step } from '../../../lib/explain/explanation.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';
import { requestOf } from '../../support/traffic.ts';

const BOOKS = 'books.shop.svc.cluster.local';

const mesh = `
apiVersion: v1
kind: Service
metadata: {name: books, namespace: shop}
spec: {clusterIP: 10.1.0.1, ports: [{port: 80, name: http}], selector: {app: books}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: books-elsewhere, namespace: attic}
spec:
  hosts: [${BOOKS}]
  exportTo: ['.']
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: books, namespace: shop, creationTimestamp: 2026-01-01T00:00:00Z}
spec:
  hosts: [books]
  http:
    - name: readers
      match: [{headers: {end-user: {exact: ann}}}]
      route: [{destination: {host: books, subset: v2}}]
    - name: all
      route: [{destination: {host: books, subset: v1}}]
    - name: never
      route: [{destination: {host: books, subset: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: late, namespace: shop, creationTimestamp: 2026-02-01T00:00:00Z}
spec: {hosts: [books], http: [{fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, route: [{destination: {host: books}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec: {hosts: [${BOOKS}], gateways: [edge/front], http: [{route: [{destination: {host: books}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hidden, namespace: attic}
spec: {hosts: [${BOOKS}], exportTo: ['.'], http: [{route: [{destination: {host: ${BOOKS}}}]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: books, namespace: shop}
spec: {host: books, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all-of-shop, namespace: shop}
spec: {host: '*.shop.svc.cluster.local', trafficPolicy: {connectionPool: {http: {maxRetries: 1}}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: of-batch, namespace: shop}
spec: {host: books, workloadSelector: {matchLabels: {tier: batch}}, trafficPolicy: {connectionPool: {http: {maxRetries: 2}}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: books, namespace: attic}
spec: {host: ${BOOKS}, trafficPolicy: {connectionPool: {http: {maxRetries: 3}}}}
`;

const client: TestNode = { type: 'sidecar', namespace: 'shop', labels: { app: 'client' } };

function explain(line: string, headers: Readonly<Record<string, string>> = {}, node: TestNode = client): Explanation {
  const call = { call: line, headers };
  return explainCall(lineOf(mesh, node), call, requestOf(call));
}

const stepOf = ({ steps }: Explanation, part: Step['part']): Step => {
  const found = steps.find((step) => step.part === part);
  assert.ok(found, `a step about the ${part}`);
  return found;
};

const reasonsIn = (list: Step['lost']): Readonly<Record<string, string>> =>
  Object.fromEntries(list.map(({ resource, reason }) => [resource, reason]));

test('the route that takes a request is named with its document, and those before and after it with what kept them from it', () => {
  const route = stepOf(explain(`GET http://${BOOKS}/`), 'route');
  assert.equal(route.name, 'all');
  assert.deepEqual(route.decidedBy, [
    { resource: 'VirtualService/shop/books', reason: 'its rule matches the request' },
  ]);
  assert.deepEqual(
    route.passedOver.slice(0, 1).map(({ name, reason }) => [name, reason]),
    [['readers', 'header end-user is missing']],
  );
  const readers = stepOf(explain(`GET http://${BOOKS}/`, { 'end-user': 'ann' }), 'route');
  assert.equal(readers.name, 'readers');
  assert.deepEqual(
    readers.passedOver.map(({ name, reason }) => [name, reason]),
    [['all', 'it matches too, and comes later']],
  );
});

test('VS-4, VS-17, SR-7: of the route tables for a host each loser has its own reason', () => {
  const { lost } = stepOf(explain(`GET http://${BOOKS}/`), 'route');
  assert.deepEqual(reasonsIn(lost), {
    'VirtualService/attic/hidden': 'it is exported only to attic, and this proxy is in namespace shop',
    'VirtualService/shop/edge': 'it is bound to edge/front, and this proxy serves mesh; there is no Gateway edge/front',
    'VirtualService/shop/late': 'VirtualService/shop/books speaks for the same host and comes first',
  });
});

test('DR-13, DR-16: of the policies of a service each loser has its own reason', () => {
  const cluster = stepOf(explain(`GET http://${BOOKS}/`), 'cluster');
  assert.equal(cluster.name, `outbound|80|v1|${BOOKS}`);
  assert.deepEqual(reasonsIn(cluster.decidedBy), {
    'Service/shop/books': `it is the service ${BOOKS}`,
    'DestinationRule/shop/books': 'its policy applies, with subset v1',
  });
  assert.deepEqual(reasonsIn(cluster.lost), {
    'ServiceEntry/attic/books-elsewhere': 'it is exported only to attic, and this proxy is in namespace shop',
    'DestinationRule/shop/all-of-shop': 'DestinationRule/shop/books names the host more closely',
    'DestinationRule/shop/of-batch': 'it selects clients with tier=batch only',
    'DestinationRule/attic/books': 'rules of namespace attic apply to its own clients and services only',
  });
});

test('DR-17: of rules for all clients that were not merged the last one is named as the one that counts', () => {
  const written = (kind: string, name: string, spec: string): string =>
    `{apiVersion: networking.istio.io/v1, kind: ${kind}, metadata: {name: ${name}, namespace: shop}, spec: ${spec}}`;
  const pens = [
    written('ServiceEntry', 'pens', '{hosts: [pens.test], ports: [{number: 80, name: http, protocol: HTTP}]}'),
    written('DestinationRule', 'early', '{host: pens.test, exportTo: [.]}'),
    written('DestinationRule', 'late', '{host: pens.test, exportTo: ["*"]}'),
  ].join('\n---\n');
  const call = { call: 'GET http://pens.test/' };
  const { decidedBy, lost } = stepOf(explainCall(lineOf(pens, client), call, requestOf(call)), 'cluster');
  assert.equal(reasonsIn(decidedBy)['DestinationRule/shop/late'], 'its policy applies');
  assert.equal(
    reasonsIn(lost)['DestinationRule/shop/early'],
    'DestinationRule/shop/late comes later: of rules that are exported otherwise the last one counts',
  );
});

test('a subset that no rule defines is told where the request ends, with what the service itself warns of', () => {
  const explanation = explain(`GET http://${BOOKS}/`, { 'end-user': 'ann' });
  assert.equal(
    stepOf(explanation, 'cluster').decision,
    'no DestinationRule that applies defines subset v2: requests fail with 503',
  );
  assert.equal(explanation.outcome?.status, 503);
});

test('a host that only others may use is told as such', () => {
  const explanation = explain('GET http://books.attic.example/', {}, { ...client, namespace: 'cellar' });
  assert.equal(stepOf(explanation, 'host').decision.includes('books.attic.example'), true);
  const shopOnly = lineOf(
    mesh.replace(
      'metadata: {name: books, namespace: shop}\nspec: {clusterIP',
      'metadata: {name: books, namespace: shop, annotations: {networking.istio.io/exportTo: .}}\nspec: {clusterIP',
    ),
    { ...client, namespace: 'cellar' },
  );
  const call = { call: `GET http://${BOOKS}/` };
  const { steps } = explainCall(shopOnly, call, requestOf(call));
  const lost = Object.assign({}, ...steps.map((step) => reasonsIn(step.lost))) as Readonly<Record<string, string>>;
  assert.equal(lost['Service/shop/books'], 'it is exported only to shop, and this proxy is in namespace cellar');
});

test('GW-1: a router names the Gateways that open the port, and those whose selector is for others', () => {
  const gateways = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: edge}
spec: {selector: {app: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: back, namespace: edge}
spec: {selector: {app: inner}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
---`;
  const router: TestNode = { type: 'router', namespace: 'edge', labels: { app: 'edge' } };
  const call = { call: `GET http://${BOOKS}/` };
  const line = lineOf(gateways + mesh, router);
  const { steps } = explainCall(line, call, requestOf(call));
  const [listener] = steps;
  assert.deepEqual(reasonsIn(listener?.decidedBy ?? []), {
    'Gateway/edge/front': 'spec.servers[0] opens port 80 for *',
  });
  assert.deepEqual(reasonsIn(listener?.lost ?? []), { 'Gateway/edge/back': 'it selects routers with app=inner' });
  assert.deepEqual(steps.find(({ part }) => part === 'route')?.decidedBy[0]?.resource, 'VirtualService/shop/edge');
  const [scope] = explainView(line).steps;
  assert.deepEqual(
    reasonsIn(scope?.lost ?? [])['VirtualService/shop/books'],
    'it is bound to mesh, and this proxy serves edge/front',
  );
  assert.ok(scope?.decidedBy.some(({ resource }) => resource === 'VirtualService/shop/edge'));
});

test('SC-20: a connection that a Sidecar takes in for the workload is its decision', () => {
  const sidecar = `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: own, namespace: shop}
spec: {ingress: [{port: {number: 9080, name: tcp, protocol: TCP}, defaultEndpoint: 127.0.0.1:9081}]}
---`;
  const call = { call: 'GET http://10.0.0.1:9080/', direction: 'inbound' } as const;
  const route = stepOf(explainCall(lineOf(sidecar + mesh, client), call, requestOf(call)), 'route');
  assert.deepEqual(reasonsIn(route.decidedBy), { 'Sidecar/shop/own': 'its rule takes the connection' });
});
