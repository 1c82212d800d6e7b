import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRoute } from '../../../../lib/resources/virtual-service-spec.ts';
import { convertRoute } from '../../../../lib/world/gateway-api/converted-route.ts';
import { httpDocument } from '../../../../lib/world/gateway-api/route-documents.ts';
import { lookupOf, routeOf } from '../../../support/routes.ts';

const backend = { name: 'reviews', port: 80 };
const reviews = { host: 'reviews.shop.svc.cluster.local', port: { number: 80 } };

/** What the rules of one HTTPRoute `shop/r` come to at one listener, in the order in which they are asked. */
function rulesOf(rules: readonly object[], lookup = lookupOf()): readonly HttpRoute[] {
  const { http } = convertRoute(routeOf('HTTPRoute', 'r', { rules }), lookup);
  return (http[0] && httpDocument('k', [http[0]])?.document.spec.http) ?? [];
}

const ruleOf = (rule: object, lookup = lookupOf()): HttpRoute | undefined => rulesOf([rule], lookup)[0];
const filtered = (filter: object): HttpRoute | undefined => ruleOf({ filters: [filter], backendRefs: [backend] });
const matched = (match: object) => ruleOf({ matches: [match], backendRefs: [backend] })?.match;

test('GA-14: every match of every rule is a route of its own, named after the rule', () => {
  const rules = rulesOf([
    { matches: [{ path: { value: '/a' } }, { path: { value: '/bb' } }], backendRefs: [backend] },
    { name: 'named', backendRefs: [backend] },
  ]);
  assert.deepEqual(rules, [
    { name: 'shop.r.0', match: [{ uri: { prefix: '/bb' } }], route: [{ destination: reviews }] },
    { name: 'shop.r.0', match: [{ uri: { prefix: '/a' } }], route: [{ destination: reviews }] },
    { name: 'named', route: [{ destination: reviews }] },
  ]);
});

test('GA-14: exact before prefix before regex, longer first, then method, headers and parameters, then as written', () => {
  const order = [
    { path: { type: 'Exact', value: '/a' } },
    { path: { type: 'PathPrefix', value: '/longer' } },
    { path: { value: '/a' }, method: 'GET' },
    {
      path: { value: '/a' },
      headers: [
        { name: 'a', value: 'b' },
        { name: 'c', value: 'd' },
      ],
    },
    { path: { value: '/a' }, headers: [{ name: 'a', value: 'b' }], queryParams: [{ name: 'q', value: '1' }] },
    { path: { value: '/a' }, headers: [{ name: 'a', value: 'b' }] },
    { path: { value: '/a' }, queryParams: [{ name: 'q', value: '1' }] },
    { path: { value: '/a' } },
    { path: { value: '/b' } },
    { path: { type: 'RegularExpression', value: '/longer/.*' } },
  ].map((match, at) => ({ name: `rule-${at}`, matches: [match], backendRefs: [backend] }));
  const last = { name: 'rule-last', backendRefs: [backend] };
  const shuffled = [last, ...order.slice(5, 7), ...order.slice(0, 5).reverse(), ...order.slice(7)];
  assert.deepEqual(
    rulesOf(shuffled).map(({ name }) => name),
    [...order, last].map(({ name }) => name),
  );
});

test('GA-15: a slash at the end of a prefix says nothing, expressions stay as they are, no path is the root', () => {
  assert.deepEqual(matched({ path: { type: 'PathPrefix', value: '/a/' } }), [{ uri: { prefix: '/a' } }]);
  assert.deepEqual(matched({ path: { type: 'RegularExpression', value: '/a/' } }), [{ uri: { regex: '/a/' } }]);
  assert.deepEqual(matched({ path: { type: 'Exact', value: '/a/' } }), [{ uri: { exact: '/a/' } }]);
  assert.deepEqual(matched({ method: 'PUT' }), [{ uri: { prefix: '/' }, method: { exact: 'PUT' } }]);
});

test('GA-15: of two conditions on one header the first counts, whatever the capitals; parameters mind them', () => {
  const headers = [
    { name: 'X-User', value: 'first' },
    { name: 'x-user', value: 'second' },
    { name: 'other', type: 'RegularExpression', value: 'a.*' },
  ];
  const queryParams = [
    { name: 'Q', value: '1' },
    { name: 'q', value: '2' },
  ];
  assert.deepEqual(matched({ headers, queryParams }), [
    {
      uri: { prefix: '/' },
      headers: { 'X-User': { exact: 'first' }, other: { regex: 'a.*' } },
      queryParams: { Q: { exact: '1' }, q: { exact: '2' } },
    },
  ]);
});

test('GA-17: backends keep their weights, one that is not there as well; those of weight 0 are left out', () => {
  const rule = ruleOf({
    backendRefs: [
      { ...backend, weight: 3 },
      { name: 'missing', port: 80 },
      { name: 'other', kind: 'Bucket', weight: 2 },
      { ...backend, weight: 0 },
    ],
  });
  const missing = { host: 'missing.shop.svc.cluster.local', port: { number: 80 } };
  assert.deepEqual(rule?.route, [
    { destination: reviews, weight: 3 },
    { destination: missing, weight: 1 },
    { destination: {}, weight: 2 },
  ]);
});

test('GA-17: without any backend that may be drawn requests are answered with 500', () => {
  for (const backendRefs of [[], [{ ...backend, weight: 0 }], undefined]) {
    assert.deepEqual(ruleOf({ ...(backendRefs && { backendRefs }) }), {
      name: 'shop.r.0',
      directResponse: { status: 500 },
    });
  }
});

test('GA-18: header changes have each name once, those of a backend are its own', () => {
  const set = [
    { name: 'A', value: '1' },
    { name: 'a', value: '2' },
  ];
  const rule = ruleOf({
    filters: [
      { type: 'RequestHeaderModifier', requestHeaderModifier: { set, remove: ['x'] } },
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'b', value: '3' }] } },
    ],
    backendRefs: [
      {
        ...backend,
        filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'c', value: '4' }] } }],
      },
    ],
  });
  assert.deepEqual(rule?.headers, { request: { set: { a: '1' }, remove: ['x'] }, response: { add: { b: '3' } } });
  assert.deepEqual(rule?.route, [{ destination: reviews, headers: { request: { set: { c: '4' } } } }]);
});

test('GA-18: rewrites of host, prefix and whole path', () => {
  const rewrite = (urlRewrite: object) => filtered({ type: 'URLRewrite', urlRewrite })?.rewrite;
  const prefix = (by: string) => rewrite({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: by } });
  assert.deepEqual(rewrite({ hostname: 'a.b' }), { authority: 'a.b' });
  assert.deepEqual(prefix('/new/'), { uri: '/new' });
  assert.deepEqual(prefix(''), { uri: '/' });
  const whole = { path: { type: 'ReplaceFullPath', replaceFullPath: '/all' } };
  assert.deepEqual(rewrite(whole), { uriRegexRewrite: { match: '/.*', rewrite: '/all' } });
});

test('GA-18: mirrors by percent, by fraction and of everything; one that leads nowhere is left out', () => {
  const mirror = (changes: object) => ({ type: 'RequestMirror', requestMirror: { backendRef: backend, ...changes } });
  const rule = ruleOf({
    filters: [
      mirror({ percent: 20 }),
      mirror({ fraction: { numerator: 1, denominator: 8 } }),
      mirror({}),
      mirror({ backendRef: { name: 'missing', port: 80 } }),
    ],
    backendRefs: [backend],
  });
  assert.deepEqual(rule?.mirrors, [
    { destination: reviews, percentage: { value: 20 } },
    { destination: reviews, percentage: { value: 12.5 } },
    { destination: reviews },
  ]);
});

test('GA-18: CORS lets in what it names, and answers for the rest itself', () => {
  const origins = ['*', 'https://a.b', 'https://*.a.b:8443', 'http://*'];
  const allowed = origins.map((origin) => {
    const policy = filtered({ type: 'CORS', cors: { allowOrigins: [origin] } })?.corsPolicy;
    return policy?.allowOrigins?.[0];
  });
  assert.deepEqual(allowed.slice(1), [
    { exact: 'https://a.b' },
    { regex: '^https://.*\\.a\\.b:8443$' },
    { prefix: 'http://' },
  ]);
  const any = new RegExp(allowed[0]?.regex ?? '');
  assert.ok(any.test('https://a.b:1') && !any.test('null') && !any.test('https://a.b/c'));
  const cors = { allowMethods: ['GET'], allowHeaders: ['x'], exposeHeaders: ['y'], maxAge: 60, allowCredentials: true };
  assert.deepEqual(filtered({ type: 'CORS', cors })?.corsPolicy, {
    ...{ allowOrigins: [], allowMethods: ['GET'], allowHeaders: ['x'], exposeHeaders: ['y'] },
    ...{ maxAge: '60s', allowCredentials: true, unmatchedPreflights: 'IGNORE' },
  });
});

test('GA-19: a redirect is 302 and stays on the port, unless it names a scheme or a port', () => {
  const redirect = (requestRedirect: object) =>
    ruleOf({ filters: [{ type: 'RequestRedirect', requestRedirect }] })?.redirect;
  assert.deepEqual(redirect({ hostname: 'a.b' }), {
    redirectCode: 302,
    authority: 'a.b',
    derivePort: 'FROM_REQUEST_PORT',
  });
  assert.deepEqual(redirect({ scheme: 'https', statusCode: 301 }), {
    ...{ redirectCode: 301, scheme: 'https', derivePort: 'FROM_PROTOCOL_DEFAULT' },
  });
  assert.deepEqual(redirect({ port: 8080, path: { type: 'ReplaceFullPath', replaceFullPath: '/x' } }), {
    ...{ redirectCode: 302, port: 8080, uri: '/x' },
  });
  assert.equal(redirect({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/x/' } })?.prefixRewrite, '/x');
});

test('GA-20: timeouts bound the request, or each try where there are retries', () => {
  const settings = (changes: object) => {
    const { timeout, retries } = ruleOf({ backendRefs: [backend], ...changes }) ?? {};
    return { timeout, retries };
  };
  const both = { timeouts: { request: '10s', backendRequest: '2s' } };
  const retryOn = 'connect-failure,refused-stream,unavailable,cancelled';
  assert.deepEqual(settings({ timeouts: { request: '10s' } }), { timeout: '10s', retries: undefined });
  assert.deepEqual(settings({ timeouts: { request: '0s' } }), { timeout: undefined, retries: undefined });
  assert.deepEqual(settings(both), { timeout: '2s', retries: undefined });
  assert.deepEqual(settings({ ...both, retry: {} }), {
    timeout: '10s',
    retries: { attempts: 2, retryOn, perTryTimeout: '2s' },
  });
  assert.deepEqual(settings({ retry: { attempts: 1, codes: [503, 429], backoff: '25ms' } }).retries, {
    ...{ attempts: 1, retryOn: `${retryOn},503,429`, backoff: '25ms' },
  });
});
