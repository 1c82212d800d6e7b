import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileHttpRoutes } from '../../../lib/compile/http-routes.ts';
import type { RouteAttachment } from '../../../lib/compile/route-attachment.ts';
import { encodeRouteMatch } from '../../../lib/envoy/route-match.ts';
import { encodeForward } from '../../../lib/envoy/route-action.ts';
import type { ForwardIr, RedirectIr, RouteIr } from '../../../lib/ir/route-configuration.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { makeRoutes } from '../../../lib/world/gateway-api/routes.ts';
import { readMadeRouteTables } from '../../../lib/world/route-tables.ts';
import { lineOf } from '../../support/line.ts';
import { lookupOf, routeOf } from '../../support/routes.ts';

const at: RouteAttachment = {
  gateway: 'infra/web~http',
  listenerPort: 8080,
  usesTls: false,
  namespace: 'infra',
  labels: {},
  mesh: meshDefaults(),
  services: new Map(),
  infersPorts: true,
};

/** What the rules of an HTTPRoute come to at a gateway. */
function routesOf(rules: readonly object[]): readonly RouteIr[] {
  const { documents } = makeRoutes([routeOf('HTTPRoute', 'r', { rules })], lookupOf());
  const [table] = readMadeRouteTables(documents, meshDefaults()).value;
  return table === undefined ? [] : compileHttpRoutes(table, at).value;
}

const backendRefs = [{ name: 'reviews', port: 80 }];

function forwardOf(rule: object): ForwardIr {
  const action = routesOf([{ backendRefs, ...rule }])[0]?.action;
  assert.equal(action?.type, 'forward');
  return action;
}

function redirectOf(path: string, replacePrefixMatch: string): RedirectIr {
  const requestRedirect = { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } };
  const action = routesOf([
    { matches: [{ path: { value: path } }], filters: [{ type: 'RequestRedirect', requestRedirect }] },
  ])[0]?.action;
  assert.equal(action?.type, 'redirect');
  return action;
}

const replaced = (path: string, replacePrefixMatch: string) =>
  forwardOf({
    matches: [{ path: { value: path } }],
    filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } } }],
  }).pathRewrite;

test('RT-6: a prefix of the Gateway API ends where a part of the path does; the root has everything', () => {
  const paths = ['/a/', '/a/b', '/'].map((value) => ({ matches: [{ path: { value } }], backendRefs }));
  assert.deepEqual(
    routesOf(paths).map(({ match }) => encodeRouteMatch(match)),
    [
      { pathSeparatedPrefix: '/a/b', caseSensitive: true },
      { pathSeparatedPrefix: '/a', caseSensitive: true },
      { prefix: '/', caseSensitive: true },
    ],
  );
});

test('RT-17: a prefix that becomes the root is taken away, and the root becomes a prefix with its slash', () => {
  assert.deepEqual(replaced('/a.b', '/'), { type: 'regex', pattern: '^/a\\.b(/?)(.*)', substitution: '/\\2' });
  assert.deepEqual(replaced('/', '/new'), { type: 'regex', pattern: '^/(.*)', substitution: '/new/\\1' });
  assert.deepEqual(replaced('/a', '/new'), { type: 'prefix', prefix: '/new' });
  assert.equal(replaced('/', '/')?.type, 'prefix');
});

test('RT-13: so it is where requests are redirected', () => {
  assert.deepEqual(redirectOf('/a', '/').pattern, { pattern: '^/a(/?)(.*)', substitution: '/\\2' });
  const { pattern, path, replaces } = redirectOf('/a', '/new');
  assert.deepEqual({ pattern, path, replaces }, { pattern: undefined, path: '/new', replaces: 'prefix' });
});

test('RT-22: what leads nowhere is answered with 500', () => {
  const action = forwardOf({ backendRefs: [{ name: 'missing', port: 80 }, ...backendRefs] });
  assert.equal(encodeForward(action)['clusterNotFoundResponseCode'], 'INTERNAL_SERVER_ERROR');
  const clusters = action.target.type === 'weighted' ? action.target.clusters.map(({ cluster }) => cluster) : [];
  assert.deepEqual(clusters, [
    'outbound|80||missing.shop.svc.cluster.local',
    'outbound|80||reviews.shop.svc.cluster.local',
  ]);
  assert.deepEqual(forwardOf({ backendRefs: [{ name: 'a', kind: 'Bucket' }] }).target, {
    type: 'cluster',
    cluster: 'UnknownService',
  });
});

test('routes name the document that they come from, not the one that was made of it', () => {
  const [route] = routesOf([{ backendRefs }]);
  assert.equal(route?.source, '/apis/gateway.networking.k8s.io/v1/namespaces/shop/http-route/r');
});

test('GW-25: a route is served by the listener that it names, not by its neighbour of the same port', () => {
  const route = (name: string, sectionName: string) => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: infra }
spec:
  parentRefs: [{ name: edge, sectionName: ${sectionName} }]
  rules: [{ name: ${name}, backendRefs: [{ name: shop, port: 80 }] }]
`;
  const text = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec:
  gatewayClassName: istio
  listeners:
    - { name: a, port: 8080, protocol: HTTP, hostname: a.example }
    - { name: b, port: 8080, protocol: HTTP, hostname: b.example }
    - { name: any, port: 8080, protocol: HTTP }
${route('on-a', 'a')}${route('on-any', 'any')}`;
  const labels = { 'gateway.networking.k8s.io/gateway-name': 'edge' };
  const { ir } = lineOf(text, { type: 'router', namespace: 'infra', labels });
  const served = ir.routes.flatMap(({ name, virtualHosts }) =>
    virtualHosts.map(({ domains, routes }) => `${name} ${domains.join()}: ${routes.map((each) => each.name).join()}`),
  );
  assert.deepEqual(served, ['http.8080 *: on-any', 'http.8080 a.example: on-a']);
});
