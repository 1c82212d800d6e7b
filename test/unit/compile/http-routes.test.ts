import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileHttpRoutes } from '../../../lib/compile/http-routes.ts';
import type { RouteAttachment } from '../../../lib/compile/route-attachment.ts';
import type { ForwardIr, RouteIr } from '../../../lib/ir/route-configuration.ts';
import type { TrafficPolicy } from '../../../lib/model/traffic-policy.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import type { HttpMatchRequest, HttpRoute } from '../../../lib/resources/virtual-service-spec.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { portOf, serviceOf, visible } from '../../support/proxy-view.ts';
import { tableOf } from '../../support/route-tables.ts';

const app = 'app.default.svc.cluster.local';
const at: RouteAttachment = {
  gateway: 'mesh',
  listenerPort: 8080,
  usesTls: false,
  namespace: 'default',
  labels: { app: 'front' },
  mesh: meshDefaults(),
  services: new Map(),
  infersPorts: false,
};
const routesOf = (http: readonly HttpRoute[], changes: Partial<RouteAttachment> = {}): readonly RouteIr[] =>
  compileHttpRoutes(tableOf(http), { ...at, ...changes }).value;
const routeOf = (http: HttpRoute, changes: Partial<RouteAttachment> = {}): RouteIr => {
  const [route] = routesOf([http], changes);
  if (route === undefined) throw new Error('no route');
  return route;
};
const forwardOf = (http: HttpRoute, changes: Partial<RouteAttachment> = {}): ForwardIr => {
  const { action } = routeOf(http, changes);
  if (action.type !== 'forward') throw new Error(action.type);
  return action;
};
const toApp = { route: [{ destination: { host: 'app' } }] };
const ok = { directResponse: { status: 200 } };
const names = (routes: readonly RouteIr[]): readonly string[] => routes.map(({ name }) => name);

test('RT-1: one route per rule and match, in order, until one takes everything', () => {
  const routes = routesOf([
    {
      name: 'a',
      match: [
        { name: 'x', uri: { exact: '/x' } },
        { name: 'y', uri: { exact: '/y' } },
      ],
      ...ok,
    },
    { name: 'b', match: [{ uri: { prefix: '/' }, headers: { h: {} } }], ...ok },
    { name: 'c', match: [{ uri: { regex: '.*' } }, { name: 'never' }], ...ok },
    { name: 'd', ...ok },
  ]);
  assert.deepEqual(names(routes), ['a.x', 'a.y', 'b', 'c']);
});

const holds: readonly (readonly [what: string, match: HttpMatchRequest, isKept: boolean])[] = [
  ['the port of the listener', { port: 8080 }, true],
  ['another port', { port: 9090 }, false],
  ['own labels', { sourceLabels: { app: 'front' } }, true],
  ['other labels', { sourceLabels: { app: 'back' } }, false],
  ['the own namespace', { sourceNamespace: 'default' }, true],
  ['another namespace', { sourceNamespace: 'other' }, false],
  ['this gateway', { gateways: ['mesh'] }, true],
  ['another gateway', { gateways: ['edge'] }, false],
  ['VS-19: this gateway and other labels', { gateways: ['mesh'], sourceLabels: { app: 'back' } }, true],
];
for (const [what, match, isKept] of holds) {
  test(`RT-2: a match on ${what} is ${isKept ? 'kept' : 'left out'}`, () =>
    assert.equal(routesOf([{ match: [match], ...ok }]).length, isKept ? 1 : 0));
}

test('RT-3: when nothing can hold there are no routes and nothing is complained about', () =>
  assert.deepEqual(compileHttpRoutes(tableOf([{ match: [{ port: 1 }], redirect: { redirectCode: 418 } }]), at), {
    value: [],
    issues: [],
  }));

test('RT-4: the name is rule.match, and the document is named', () => {
  const route = routeOf({ name: 'rule', match: [{ name: 'm', statPrefix: 's' }], ...ok });
  assert.equal(route.name, 'rule.m');
  assert.equal(route.statPrefix, 's');
  assert.equal(route.source, '/apis/networking.istio.io/v1/namespaces/default/virtual-service/table');
  assert.equal(routeOf({ match: [{ name: 'm' }], ...ok }).name, '.m');
});

const operations: readonly (readonly [http: HttpRoute, operation: string])[] = [
  [toApp, `${app}:8080/*`],
  [{ match: [{ uri: { prefix: '/v1' } }], ...toApp }, `${app}:8080/v1*`],
  [{ match: [{ uri: { exact: '/v1' } }], ...toApp }, `${app}:8080/v1`],
  [{ match: [{ uri: { regex: '/v.' } }], ...ok }, 'table:8080/v.'],
  [{ route: [...toApp.route, { destination: { host: 'b' }, weight: 1 }] }, 'table:8080/*'],
];
for (const [http, operation] of operations) {
  test(`RT-5: traces call it ${operation}`, () => assert.equal(routeOf(http).operation, operation));
}

test('RT-7: case matters wherever a match was written, unless it says otherwise', () => {
  assert.equal(routeOf({ match: [{ name: 'm' }], ...ok }).match.mindsCase, true);
  assert.equal(routeOf({ match: [{ ignoreUriCase: true }], ...ok }).match.mindsCase, false);
  assert.equal(routeOf(ok).match.mindsCase, undefined);
});

test('RT-8, RT-9: headers by name, unwanted ones inverted, pseudo-headers last', () => {
  const { headers } = routeOf({
    match: [{ headers: { z: {}, a: {} }, withoutHeaders: { m: {} }, scheme: {}, method: {}, authority: {} }],
    ...ok,
  }).match;
  assert.deepEqual(
    headers.map(({ name, isInverted }) => (isInverted ? `!${name}` : name)),
    ['a', '!m', 'z', ':method', ':authority', ':scheme'],
  );
});

const ports: readonly (readonly [redirect: HttpRoute['redirect'] & object, usesTls: boolean, port: number])[] = [
  [{ port: 8443 }, false, 8443],
  [{ port: 80 }, false, 0],
  [{ port: 443 }, true, 0],
  [{ port: 443, scheme: 'https' }, false, 0],
  [{ port: 443 }, false, 443],
  [{ derivePort: 'FROM_REQUEST_PORT' }, false, 8080],
  [{ derivePort: 'FROM_PROTOCOL_DEFAULT' }, false, 0],
  [{}, false, 0],
];
for (const [redirect, usesTls, port] of ports) {
  test(`RT-13: ${JSON.stringify(redirect)} over ${usesTls ? 'TLS' : 'plain HTTP'} redirects to port ${port}`, () => {
    const { action } = routeOf({ redirect }, { usesTls });
    assert.equal(action.type === 'redirect' && action.port, port);
  });
}

test('RT-14: a redirect code that Envoy cannot send leaves the route out and says so', () => {
  const { value, issues } = compileHttpRoutes(tableOf([{ redirect: { redirectCode: 305 } }]), at);
  assert.deepEqual(value, []);
  assert.deepEqual(
    issues.map(({ code, resource, path }) => [code, resource, path]),
    [['ROUTE_UNUSABLE', 'VirtualService/default/table', 'spec.http[0]']],
  );
});

test('RT-16: no timeout unless one is written', () => {
  assert.equal(forwardOf(toApp).timeout, 0);
  assert.equal(forwardOf({ ...toApp, timeout: '1.5s' }).timeout, 1500);
});

test('RT-17: a regular expression goes before a prefix', () => {
  const rewrite = { uri: '/x', uriRegexRewrite: { match: 'a', rewrite: 'b' } };
  assert.deepEqual(forwardOf({ ...toApp, rewrite }).pathRewrite, { type: 'regex', pattern: 'a', substitution: 'b' });
  assert.deepEqual(forwardOf({ ...toApp, rewrite: { uri: '/x' } }).pathRewrite, { type: 'prefix', prefix: '/x' });
});

const headers = (authority: string, how: 'set' | 'add' = 'set'): HttpRoute['headers'] & object => ({
  request: { [how]: { Host: authority } },
});
const authorities: readonly (readonly [what: string, http: HttpRoute, authority: string | undefined])[] = [
  ['a rewrite', { ...toApp, rewrite: { authority: 'r' }, headers: headers('h') }, 'r'],
  ['a header of the rule', { route: [{ ...toApp.route[0], headers: headers('d') }], headers: headers('h') }, 'h'],
  ['a header of the destination', { route: [{ ...toApp.route[0], headers: headers('d', 'add') }] }, 'd'],
  ['nothing', toApp, undefined],
];
for (const [what, http, authority] of authorities) {
  test(`RT-18: the authority comes from ${what}`, () => assert.equal(forwardOf(http).authority, authority));
}

test('RT-19: set before add, each by name; neither pseudo-headers nor the host', () => {
  const request = { set: { b: '1', a: '2', ':path': '3' }, add: { a: '4', HOST: '5' }, remove: ['x', 'host', ':y'] };
  assert.deepEqual(routeOf({ ...toApp, headers: { request } }).requestHeaders, {
    put: [
      { name: 'a', value: '2', how: 'set' },
      { name: 'b', value: '1', how: 'set' },
      { name: 'a', value: '4', how: 'add' },
    ],
    remove: ['x'],
  });
});

test('RT-20: one destination has its headers on the route, several each their own; weight 0 is left out', () => {
  const edited = { ...toApp.route[0], headers: { request: { set: { d: '1' } } } };
  const single = routeOf({ route: [{ ...edited, weight: 0 }], headers: { request: { add: { r: '1' } } } });
  assert.deepEqual(
    single.requestHeaders.put.map(({ name }) => name),
    ['r', 'd'],
  );
  const several = forwardOf({
    route: [
      { ...edited, weight: 3 },
      { destination: { host: 'b' }, weight: 0 },
    ],
  });
  assert.ok(several.target.type === 'weighted');
  assert.deepEqual(
    several.target.clusters.map(({ cluster, weight, requestHeaders }) => [cluster, weight, requestHeaders.put.length]),
    [[`outbound|8080||${app}`, 3, 1]],
  );
});

const single = visible(serviceOf('app', { hostname: app, ports: [portOf('9000/http')] }));
const destinations: readonly (readonly [what: string, http: HttpRoute, infersPorts: boolean, cluster: string])[] = [
  [
    'a written port',
    { route: [{ destination: { host: 'app', port: { number: 1 }, subset: 'v1' } }] },
    true,
    `outbound|1|v1|${app}`,
  ],
  ['the only port of the service', toApp, true, `outbound|9000||${app}`],
  ['the listener, for a sidecar', toApp, false, `outbound|8080||${app}`],
  [
    'the listener, for an unknown service',
    { route: [{ destination: { host: 'gone' } }] },
    true,
    'outbound|8080||gone.default.svc.cluster.local',
  ],
  ['nowhere, without a host', { route: [{}] }, true, 'UnknownService'],
];
for (const [what, http, infersPorts, cluster] of destinations) {
  test(`RT-21: the port of a destination comes from ${what}`, () =>
    assert.deepEqual(forwardOf(http, { infersPorts, services: new Map([[app, single]]) }).target, {
      type: 'cluster',
      cluster,
    }));
}

test('RT-20: without a destination that can be drawn the route is left out', () => {
  const route = [{ destination: { host: 'a' }, weight: 0 }, { destination: { host: 'b' } }];
  const { value, issues } = compileHttpRoutes(tableOf([{ route }]), at);
  assert.deepEqual([value.length, issues.map(({ code }) => code)], [0, ['ROUTE_UNUSABLE']]);
});

const byHeader = {
  lb: { algorithm: { type: 'ring-hash', minimumRingSize: 1024, key: { on: 'header', name: 'h' } } },
} as const;
const bySource = { lb: { algorithm: { type: 'maglev', tableSize: undefined, key: { on: 'source-ip' } } } } as const;
const policy = (changes: Partial<TrafficPolicy>): TrafficPolicy => ({
  from: [resourceKey('DestinationRule', 'default', 'app')],
  host: app,
  namespace: 'default',
  visibility: { to: 'everyone' },
  workloadSelector: undefined,
  blocks: {},
  ports: [],
  subsets: [],
  ...changes,
});
const v1 = { name: 'v1', labels: {}, blocks: byHeader, ports: [{ port: 80, blocks: bySource }] };
const keys: readonly (readonly [what: string, policy: TrafficPolicy, destination: object, on: string[]])[] = [
  ['the policy', policy({ blocks: byHeader }), {}, ['header']],
  [
    'its port before it',
    policy({ blocks: byHeader, ports: [{ port: 80, blocks: bySource }] }),
    { port: { number: 80 } },
    ['source-ip'],
  ],
  [
    'no port where none is written',
    policy({ blocks: byHeader, ports: [{ port: 8080, blocks: bySource }] }),
    {},
    ['header'],
  ],
  [
    'the subset before the port',
    policy({ ports: [{ port: 80, blocks: bySource }], subsets: [{ ...v1, ports: [] }] }),
    { port: { number: 80 }, subset: 'v1' },
    ['header'],
  ],
  [
    'the port of the subset before all',
    policy({ subsets: [v1] }),
    { port: { number: 80 }, subset: 'v1' },
    ['source-ip'],
  ],
  ['nobody', policy({}), {}, []],
];
for (const [what, trafficPolicy, destination, on] of keys) {
  test(`RT-30, LB-17: the hash key comes from ${what}`, () => {
    const services = new Map([[app, { ...single, policy: trafficPolicy }]]);
    const action = forwardOf({ route: [{ destination: { host: 'app', ...destination } }] }, { services });
    assert.deepEqual(
      action.hashKeys.map((key) => key.on),
      on,
    );
    assert.equal(action.retry?.avoidsPreviousHosts, on.length === 0, 'RT-26');
  });
}
