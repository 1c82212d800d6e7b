import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMemory } from '../../../../lib/base/recall.ts';
import type { RouteParent } from '../../../../lib/world/gateway-api/route-parent.ts';
import { convertRoute, type RouteResource } from '../../../../lib/world/gateway-api/converted-route.ts';
import type { RouteLookup } from '../../../../lib/world/gateway-api/route-facts.ts';
import { GATEWAY_API_GROUP } from '../../../../lib/world/gateway-api/route-parent.ts';
import { makeRoutes } from '../../../../lib/world/gateway-api/routes.ts';
import { listenerOf, lookupOf, routeOf } from '../../../support/routes.ts';

const rules = [{ backendRefs: [{ name: 'reviews', port: 80 }] }];
const http = (spec: object, lookup?: RouteLookup) =>
  convertRoute(routeOf('HTTPRoute', 'r', { rules, ...spec }), lookup ?? lookupOf());

/** What the first parent is told: `Accepted True Accepted: …`. */
function said(spec: object, listeners: readonly RouteParent[], changes: Partial<RouteLookup> = {}): readonly string[] {
  const { parents } = http(spec, lookupOf(changes, listeners));
  return (parents[0]?.conditions ?? []).map(
    ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`,
  );
}

const VALID = ['Accepted True Accepted: Route was valid', 'ResolvedRefs True ResolvedRefs: All references resolved'];

test('GA-11, GA-13: a route that a listener takes is accepted, and its references are found', () => {
  assert.deepEqual(said({}, [listenerOf()]), VALID);
  const two = [listenerOf(), listenerOf({ section: 'other', port: 81 })];
  assert.equal(said({}, two)[0], 'Accepted True Accepted: Route was valid, bound to 2 parents');
  assert.deepEqual(http({ parentRefs: [{ name: 'unknown' }, { name: 'web', kind: 'Other' }] }).parents, []);
});

const ns = (hosts: readonly string[], hostname: string): readonly RouteParent[] => [listenerOf({ hosts, hostname })];

const refusals: readonly (readonly [object, readonly RouteParent[], string])[] = [
  [
    { parentRefs: [{ name: 'web', namespace: 'infra', sectionName: 'tls' }] },
    [listenerOf()],
    'NoMatchingParent: sectionName "tls" not found',
  ],
  [
    { parentRefs: [{ name: 'web', namespace: 'infra', port: 81 }] },
    [listenerOf(), listenerOf({ section: 'b', port: 82 })],
    'NoMatchingParent: port 81 not found; port 81 not found',
  ],
  [
    { hostnames: ['a.c'] },
    ns(['*/*.b'], '*.b'),
    'NoMatchingListenerHostname: no hostnames matched parent hostname "*.b"',
  ],
  [
    { hostnames: ['a.b'] },
    ns(['infra/*.b'], '*.b'),
    'NotAllowedByListeners: hostnames matched parent hostname "*.b", but namespace "shop" is not allowed by the parent',
  ],
  [
    {},
    [listenerOf({ allowedKinds: [] })],
    `NotAllowedByListeners: kind ${GATEWAY_API_GROUP}/v1/HTTPRoute is not allowed`,
  ],
  [
    { parentRefs: [{ name: 'missing', kind: 'Service', group: '' }] },
    [],
    'NoMatchingParent: parent service: "missing" not found',
  ],
  [
    { parentRefs: [{ name: 'none', kind: 'ServiceEntry', group: 'networking.istio.io' }] },
    [],
    'NoMatchingParent: parent service entry: "none" not found',
  ],
];

for (const [spec, listeners, expected] of refusals) {
  test(`GA-11, GA-13: ${expected}, and nothing is made of it`, () => {
    assert.equal(said(spec, listeners)[0], `Accepted False ${expected}`);
    assert.deepEqual(http(spec, lookupOf({}, listeners)).http, []);
  });
}

const backends: readonly (readonly [object, string])[] = [
  [{ name: 'missing', port: 80 }, 'BackendNotFound: backend(missing.shop.svc.cluster.local) not found'],
  [{ name: 'a', kind: 'Bucket', port: 80 }, 'InvalidKind: referencing unsupported backendRef: group "" kind "Bucket"'],
  [
    { name: 'a', namespace: 'other', port: 80 },
    'RefNotPermitted: backendRef a/other not accessible to a HTTPRoute in namespace "shop" (missing a ReferenceGrant?)',
  ],
  [
    { name: 'no.example.com', group: 'networking.istio.io', kind: 'Hostname', port: 80 },
    'BackendNotFound: backend(no.example.com) not found',
  ],
  [
    { name: 'api.example.com', group: 'networking.istio.io', kind: 'Hostname' },
    'InvalidDestination: port is required in backendRef',
  ],
];

for (const [backend, expected] of backends) {
  test(`GA-16: ${expected}`, () => {
    assert.equal(said({ rules: [{ backendRefs: [backend] }] }, [listenerOf()])[1], `ResolvedRefs False ${expected}`);
  });
}

test('GA-16, GA-24: a grant opens another namespace; a ServiceEntry is named by its host', () => {
  const open = { isGranted: () => true, hasService: () => true };
  const other = { rules: [{ backendRefs: [{ name: 'a', namespace: 'other', port: 80 }] }] };
  assert.deepEqual(said(other, [listenerOf()], open), VALID);
  const host = { group: 'networking.istio.io', kind: 'Hostname', name: 'api.example.com', port: 443 };
  assert.deepEqual(said({ rules: [{ backendRefs: [host] }] }, [listenerOf()]), VALID);
});

test('GA-12: a host is routed by the listener that names it most exactly', () => {
  const hostnames = ['a.example.com', 'b.example.com', 'c.example.org'];
  const listeners = [
    listenerOf({ section: 'any' }),
    listenerOf({ section: 'wild', hostname: '*.example.com' }),
    listenerOf({ section: 'exact', hostname: 'a.example.com' }),
    listenerOf({ section: 'other-port', port: 81, hostname: '*.org' }),
  ];
  const routed = http({ hostnames }, lookupOf({}, listeners)).http.map(({ gateway, host }) => `${gateway} ${host}`);
  const meant = routed.filter((each) => !each.startsWith('infra/web~exact') && !each.startsWith('infra/web~other'));
  assert.deepEqual(meant, ['infra/web~any c.example.org', 'infra/web~wild b.example.com']);
  assert.ok(routed.includes('infra/web~exact a.example.com'));
});

test('GA-14: routes of one gateway and host are one VirtualService; the oldest comes first where nothing else decides', () => {
  const route = (name: string, creationTimestamp: string, namespace = 'shop') =>
    routeOf('HTTPRoute', { name, creationTimestamp, namespace }, { hostnames: ['a.b'], rules });
  const [old, young] = [route('z', '2026-01-01T00:00:00Z'), route('a', '2026-02-02T00:00:00Z')];
  const equal = route('b', '2026-01-01T00:00:00Z', 'apps');
  const { documents } = makeRoutes([young, old, equal], lookupOf({ hasService: () => true }));
  assert.deepEqual(
    documents.map(({ document, source, http: origins }) => [
      document.metadata.name,
      source,
      document.spec.hosts,
      origins.map(({ resource, path }) => `${resource} ${path}`),
    ]),
    [
      [
        'infra~web~http~a.b',
        'HTTPRoute/apps/b',
        ['a.b'],
        ['HTTPRoute/apps/b spec.rules[0]', 'HTTPRoute/shop/z spec.rules[0]', 'HTTPRoute/shop/a spec.rules[0]'],
      ],
    ],
  );
});

test('GA-18: a filter of another vendor leaves nothing of the route, and says so', () => {
  const extensionRef = { group: 'example.com', kind: 'Filter', name: 'x' };
  const spec = { rules: [...rules, { filters: [{ type: 'ExtensionRef', extensionRef }] }] };
  assert.equal(
    said(spec, [listenerOf()])[1],
    'ResolvedRefs False InvalidFilter: unsupported filter type "ExtensionRef"',
  );
  assert.deepEqual(http(spec).http, []);
});

test('GA-23: a route for a service is in the mesh, for its port, and for the own namespace alone where the service is of another', () => {
  const parentRefs = [
    { kind: 'Service', group: '', name: 'reviews', port: 80 },
    { kind: 'Service', group: '', name: 'reviews', port: 81 },
    { kind: 'Service', group: '', name: 'ratings', namespace: 'other' },
    { kind: 'ServiceEntry', group: 'networking.istio.io', name: 'outside' },
  ];
  const route = routeOf('HTTPRoute', 'r', { parentRefs, hostnames: ['ignored.example.com'], rules });
  const { documents } = makeRoutes([route], lookupOf({ hasService: () => true }));
  const shown = documents.map(({ document: { metadata, spec } }) => [
    metadata.name,
    spec.hosts?.[0],
    spec.http?.[0]?.match,
    spec.exportTo,
  ]);
  assert.deepEqual(shown.sort(), [
    ['shop~*.example.org', '*.example.org', undefined, undefined],
    ['shop~80~reviews.shop.svc.cluster.local', 'reviews.shop.svc.cluster.local', [{ port: 80 }], undefined],
    ['shop~81~reviews.shop.svc.cluster.local', 'reviews.shop.svc.cluster.local', [{ port: 81 }], undefined],
    ['shop~api.example.com', 'api.example.com', undefined, undefined],
    ['shop~ratings.other.svc.cluster.local', 'ratings.other.svc.cluster.local', undefined, ['.']],
  ]);
});

test('GA-23: inside the mesh no grant is needed', () => {
  const spec = {
    parentRefs: [{ kind: 'Service', group: '', name: 'reviews' }],
    rules: [{ backendRefs: [{ name: 'a', namespace: 'other', port: 80 }] }],
  };
  assert.deepEqual(said(spec, [], { hasService: () => true }), VALID);
});

test('GA-21: gRPC services and methods are paths', () => {
  const uriOf = (method: object) => {
    const route = routeOf('GRPCRoute', 'r', { rules: [{ matches: [{ method }], ...rules[0] }] });
    return convertRoute(route, lookupOf()).http[0]?.rules[0]?.route.match?.[0]?.uri;
  };
  assert.deepEqual(uriOf({ service: 'a.B', method: 'Get' }), { exact: '/a.B/Get' });
  assert.deepEqual(uriOf({ service: 'a.B' }), { prefix: '/a.B/' });
  assert.deepEqual(uriOf({ method: 'Get' }), { regex: '/[^/]+/Get' });
  const type = 'RegularExpression';
  assert.deepEqual(uriOf({ type, service: 'a\\..*', method: 'Get|Put' }), { regex: '/a\\..*/(?:Get|Put)' });
  assert.deepEqual(uriOf({ type, service: 'a\\..*' }), { regex: '/a\\..*/.+' });
});

test('GA-21: a GRPCRoute and an HTTPRoute of one host are one VirtualService', () => {
  const hostnames = ['a.b'];
  const grpc = routeOf('GRPCRoute', 'g', {
    hostnames,
    rules: [{ matches: [{ method: { service: 's' } }], ...rules[0] }],
  });
  const { documents } = makeRoutes([routeOf('HTTPRoute', 'h', { hostnames, rules }), grpc], lookupOf());
  assert.deepEqual(
    documents.map(({ http: origins }) => origins.map(({ resource }) => resource)),
    [['GRPCRoute/shop/g', 'HTTPRoute/shop/h']],
  );
});

const tlsListener = (changes: Partial<RouteParent> = {}): RouteParent =>
  listenerOf({
    ...{ section: 'tls', port: 443, protocol: 'TLS' },
    allowedKinds: [{ group: GATEWAY_API_GROUP, kind: 'TLSRoute' }],
    ...changes,
  });

test('GA-22: a TLSRoute is for the names that its listener has as well, each by itself', () => {
  const route = routeOf('TLSRoute', 'r', { hostnames: ['*.com', 'a.example.com', 'b.org'], rules });
  const { documents } = makeRoutes([route], lookupOf({}, [tlsListener({ hostname: '*.example.com' })]));
  const destination = { host: 'reviews.shop.svc.cluster.local', port: { number: 80 } };
  assert.deepEqual(
    documents.map(({ document: { spec } }) => [spec.hosts, spec.tls]),
    ['*.example.com', 'a.example.com'].map((host) => [
      [host],
      [{ match: [{ sniHosts: [host] }], route: [{ destination }] }],
    ]),
  );
});

test('GA-17, GA-22: a TCPRoute leads to its backends by weight; one without weight closes what comes', () => {
  const kinds = [{ group: GATEWAY_API_GROUP, kind: 'TCPRoute' }];
  const lookup = lookupOf({}, [listenerOf({ section: 'tcp', protocol: 'TCP', allowedKinds: kinds })]);
  const ends = (backendRefs: readonly object[]) =>
    makeRoutes([routeOf('TCPRoute', 'r', { rules: [{ backendRefs }] })], lookup).documents[0]?.document.spec.tcp?.[0]
      ?.route;
  const [a, b] = ['a', 'b'].map((name) => ({ host: `${name}.shop.svc.cluster.local`, port: { number: 1 } }));
  assert.deepEqual(
    ends([
      { name: 'a', port: 1, weight: 2 },
      { name: 'b', port: 1 },
    ]),
    [
      { destination: a, weight: 2 },
      { destination: b, weight: 1 },
    ],
  );
  assert.deepEqual(ends([{ name: 'a', port: 1, weight: 0 }]), [
    { destination: { host: 'internal.cluster.local', subset: 'zero-weight', port: { number: 65_535 } }, weight: 0 },
  ]);
  assert.deepEqual(ends([{ name: 'a', kind: 'Bucket' }]), [{ destination: {} }]);
});

test('GA-27: what a route made goes with it, and is made of the others anew', () => {
  const hostnames = ['a.b'];
  const [one, two] = ['one', 'two'].map((name) => routeOf('HTTPRoute', name, { hostnames, rules }));
  assert.ok(one && two);
  const memory = runMemory();
  const originsOf = (...routes: readonly RouteResource[]) =>
    memory
      .run((recall) => makeRoutes(routes, lookupOf(), recall))
      .documents.map(({ http: origins }) => origins.map(({ resource }) => resource));
  assert.deepEqual(originsOf(one, two), [['HTTPRoute/shop/one', 'HTTPRoute/shop/two']]);
  assert.deepEqual(originsOf(two), [['HTTPRoute/shop/two']]);
  assert.deepEqual(originsOf(), []);
});

test('BLD-3: an edit of one route makes the documents of its host anew, and no others', () => {
  const route = (name: string, host: string) => routeOf('HTTPRoute', name, { hostnames: [host], rules });
  const [one, two] = [route('one', 'one.com'), route('two', 'two.com')];
  const memory = runMemory();
  const lookup = lookupOf();
  const made = (...routes: readonly RouteResource[]) =>
    memory.run((recall) => makeRoutes(routes, lookup, recall)).documents;
  const [before, after] = [made(one, two), made(route('one', 'other.com'), two)];
  assert.equal(
    after.find(({ source }) => source === 'HTTPRoute/shop/two'),
    before[1],
  );
  assert.notEqual(
    after.find(({ source }) => source === 'HTTPRoute/shop/one'),
    before[0],
  );
});
