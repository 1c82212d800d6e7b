import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpMatchRequest, HttpRoute, StringMatch } from '../../../lib/resources/virtual-service-spec.ts';
import type { Resource } from '../../../lib/resources/resource.ts';
import { mergeMatches } from '../../../lib/world/delegated-matches.ts';
import { effectiveRoutes, findDelegates } from '../../../lib/world/delegates.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { readRouteTables } from '../../../lib/world/route-tables.ts';
import { summary } from '../../support/proxy-view.ts';
import { virtualService } from '../../support/route-tables.ts';

const root = (...http: readonly HttpRoute[]): Resource<'VirtualService'> =>
  virtualService('root', { hosts: ['app'], http });
const part = (...http: readonly HttpRoute[]): Resource<'VirtualService'> => virtualService('part', { http });
const delegating: HttpRoute = { delegate: { name: 'part' } };

function merged(...documents: readonly [Resource<'VirtualService'>, ...Resource<'VirtualService'>[]]) {
  const { value, issues } = effectiveRoutes(documents[0], findDelegates(documents), meshDefaults());
  return { routes: value.map(({ route }) => route), issues: issues.map(summary) };
}
const only = (above: HttpRoute, below: HttpRoute): HttpRoute | undefined =>
  merged(root({ ...above, ...delegating }), part(below)).routes[0];

test('VS-5: what has no hosts is a delegate and no table', () => {
  const { value } = readRouteTables([root(delegating), part({ name: 'a' })], meshDefaults());
  assert.deepEqual(
    value.map(({ name, http }) => [name, http.map((rule) => rule.name)]),
    [['root', ['a']]],
  );
});

test("VS-6: a delegate is looked for in the root's namespace unless another is named", () => {
  const far = virtualService('part', { http: [{ name: 'far' }] }, { namespace: 'far' });
  const routes = merged(
    root(delegating, { delegate: { name: 'part', namespace: 'far' } }),
    part({ name: 'near' }),
    far,
  ).routes;
  assert.deepEqual(
    routes.map(({ name }) => name),
    ['near', 'far'],
  );
});

const exported: readonly (readonly [exportTo: readonly string[], isFound: boolean])[] = [
  [[], true],
  [['*'], true],
  [['default'], true],
  [['other'], false],
  [['.'], false],
  [['~'], false],
];
for (const [exportTo, isFound] of exported) {
  test(`VS-6: a delegate of another namespace exported to [${exportTo.join()}] is ${isFound ? 'used' : 'missing'}`, () => {
    const far = virtualService('part', { exportTo, http: [{ name: 'far' }] }, { namespace: 'far' });
    const { routes, issues } = merged(root({ delegate: { name: 'part', namespace: 'far' } }, { name: 'own' }), far);
    assert.deepEqual(
      routes.map(({ name }) => name),
      isFound ? ['far', 'own'] : ['own'],
    );
    assert.deepEqual(issues, isFound ? [] : ['DELEGATE_NOT_FOUND VirtualService/default/root spec.http[0]']);
  });
}

test('VS-7: a delegate cannot delegate again; its other routes stay', () => {
  const { routes, issues } = merged(root(delegating), part(delegating, { name: 'b' }));
  assert.deepEqual(
    routes.map(({ name }) => name),
    ['b'],
  );
  assert.deepEqual(issues, ['DELEGATE_NESTED VirtualService/default/part spec.http[0]']);
});

test('VS-8: the routes of a delegate stand where the root delegates', () => {
  const { routes } = merged(root({ name: 'first' }, delegating, { name: 'last' }), part({ name: 'a' }, { name: 'b' }));
  assert.deepEqual(
    routes.map(({ name }) => name),
    ['first', 'a', 'b', 'last'],
  );
});

test('VS-9: every match of the delegate within every match of the root that leaves room', () => {
  const above: readonly HttpMatchRequest[] = [{ uri: { prefix: '/a' } }, { headers: { h: {} } }];
  assert.deepEqual(mergeMatches(above, [{ uri: { prefix: '/a/b' } }, { uri: { prefix: '/c' } }]), [
    { uri: { prefix: '/a/b' } },
    { uri: { prefix: '/a/b' }, headers: { h: {} } },
    { uri: { prefix: '/c' }, headers: { h: {} } },
  ]);
  assert.deepEqual(mergeMatches([], [{ port: 1 }]), [{ port: 1 }]);
  assert.deepEqual(mergeMatches([{ port: 1 }], []), [{ port: 1 }]);
});

test('VS-9: a match without room costs the whole route of the delegate', () => {
  const inside = { match: [{ uri: { prefix: '/a/b' } }, { uri: { prefix: '/c' } }] };
  const { routes, issues } = merged(root({ match: [{ uri: { prefix: '/a' } }], ...delegating }), part(inside, {}));
  assert.equal(routes.length, 1);
  assert.deepEqual(issues, ['DELEGATE_CONFLICT VirtualService/default/part spec.http[0]']);
});

const texts: readonly (readonly [above: StringMatch, below: StringMatch, hasRoom: boolean])[] = [
  [{ exact: '/a' }, { exact: '/a' }, true],
  [{ exact: '/a' }, { exact: '/b' }, false],
  [{ exact: '/a' }, { prefix: '/a' }, false],
  [{ prefix: '/a' }, { prefix: '/a/b' }, true],
  [{ prefix: '/a' }, { exact: '/ab' }, true],
  [{ prefix: '/a/b' }, { prefix: '/a' }, false],
  [{ prefix: '/a' }, {}, false],
  [{ regex: '/a' }, { exact: '/a' }, false],
  [{ prefix: '/a' }, { regex: '/a.*' }, false],
  [{}, { exact: '/a' }, false],
];
for (const [above, below, hasRoom] of texts) {
  test(`VS-10: ${JSON.stringify(above)} leaves ${hasRoom ? 'room' : 'none'} for ${JSON.stringify(below)}`, () => {
    for (const wrap of [
      (text: StringMatch): HttpMatchRequest => ({ uri: text }),
      (text: StringMatch): HttpMatchRequest => ({ headers: { h: text } }),
      (text: StringMatch): HttpMatchRequest => ({ queryParams: { q: text } }),
    ]) {
      assert.equal(mergeMatches([wrap(above)], [wrap(below)]) !== undefined, hasRoom);
    }
  });
}

const others: readonly (readonly [above: HttpMatchRequest, below: HttpMatchRequest, hasRoom: boolean])[] = [
  [{ ignoreUriCase: true }, {}, false],
  [{ ignoreUriCase: true }, { ignoreUriCase: true }, true],
  [{ port: 1 }, { port: 2 }, false],
  [{ port: 1 }, {}, true],
  [{ sourceNamespace: 'a' }, {}, false],
  [{}, { sourceNamespace: 'a' }, true],
  [{ sourceLabels: { a: '1' } }, { sourceLabels: { a: '2' } }, false],
  [{ sourceLabels: { a: '1' } }, { sourceLabels: { b: '2' } }, true],
  [{ gateways: ['mesh'] }, { gateways: ['mesh', 'default/edge'] }, false],
  [{ gateways: ['mesh', 'default/edge'] }, { gateways: ['mesh'] }, true],
];
for (const [above, below, hasRoom] of others) {
  test(`VS-11: ${JSON.stringify(above)} leaves ${hasRoom ? 'room' : 'none'} for ${JSON.stringify(below)}`, () =>
    assert.equal(mergeMatches([above], [below]) !== undefined, hasRoom));
}

test('VS-12: maps are united, the delegate wins, names are joined', () => {
  const above: HttpMatchRequest = {
    name: 'r',
    statPrefix: 's',
    headers: { a: { prefix: 'x' }, b: {} },
    gateways: ['mesh'],
  };
  const below: HttpMatchRequest = { name: 'd', headers: { a: { exact: 'xy' } }, gateways: [], port: 80 };
  assert.deepEqual(mergeMatches([above], [below]), [
    { name: 'r-d', statPrefix: 's', headers: { a: { exact: 'xy' }, b: {} }, gateways: ['mesh'], port: 80 },
  ]);
});

test("VS-13: the delegate's member whole, or the root's; where requests go only the delegate says", () => {
  const settings: HttpRoute = {
    name: 'r',
    timeout: '1s',
    rewrite: { uri: '/', authority: 'x' },
    redirect: { uri: '/' },
  };
  const below: HttpRoute = { name: 'd', rewrite: { uri: '/d' }, route: [{ destination: { host: 'app' } }] };
  assert.deepEqual(only({ ...settings, route: [{ destination: { host: 'lost' } }] }, below), {
    name: 'r-d',
    timeout: '1s',
    rewrite: { uri: '/d' },
    route: [{ destination: { host: 'app.default.svc.cluster.local' } }],
  });
  assert.equal(only({ name: 'r' }, {})?.name, 'r');
  assert.equal(only({}, { name: 'd' })?.name, 'd');
});

test('VS-1, VS-14: names mean what they mean where they are written, and documents are left as they are', () => {
  const far = virtualService('part', { http: [{ route: [{ destination: { host: 'api' } }] }] }, { namespace: 'far' });
  const above = root({ delegate: { name: 'part', namespace: 'far' }, mirror: { host: 'shadow' } });
  const before = JSON.stringify([above, far]);
  const [route] = merged(above, far).routes;
  assert.equal(route?.route?.[0]?.destination?.host, 'api.far.svc.cluster.local');
  assert.equal(route?.mirror?.host, 'shadow.default.svc.cluster.local');
  assert.equal(JSON.stringify([above, far]), before);
});
