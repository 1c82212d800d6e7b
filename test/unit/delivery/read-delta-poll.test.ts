import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveryType } from '../../../lib/delivery/discovery-types.ts';
import { type DeltaPoll, type DeltaRequest, readDeltaPoll } from '../../../lib/delivery/read-delta-poll.ts';

const node = { id: 'sidecar~10.0.0.1~a.b~b.svc.cluster.local' };
const CLUSTER = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
const ROUTE = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
const typeOf = (path: string) => discoveryType(path) ?? assert.fail(path);

function read(path: string | undefined, body: object): DeltaPoll {
  const result = readDeltaPoll(path === undefined ? undefined : typeOf(path), JSON.stringify(body));
  return result.ok ? result.poll : assert.fail(result.refusal.message);
}
const one = (path: string, body: object): DeltaRequest => read(path, { node, ...body }).requests[0] ?? assert.fail();

test('DLV-3: a DeltaDiscoveryRequest is read in snake_case and in camelCase, with null as absent', () => {
  const snake = one('routes', {
    type_url: ROUTE,
    resource_names_subscribe: ['a', 'b'],
    resource_names_unsubscribe: ['b'],
    initial_resource_versions: { a: '1' },
    response_nonce: 'n',
    error_detail: { code: 13, message: 'no' },
  });
  const camel = one('routes', {
    typeUrl: ROUTE,
    resourceNamesSubscribe: ['b', 'a'],
    resourceNamesUnsubscribe: ['b'],
    initialResourceVersions: { a: '1' },
    responseNonce: 'n',
    errorDetail: { message: 'no' },
  });
  assert.deepEqual(camel, snake);
  assert.deepEqual(snake.subscriptions.names, new Set(['a']));
  assert.deepEqual([snake.versions, snake.nonce, snake.rejection], [new Map([['a', '1']]), 'n', 'no']);
  const empty = one('routes', { resource_names_subscribe: null, response_nonce: null, error_detail: null });
  assert.deepEqual([empty.nonce, empty.rejection, empty.versions.size], ['', undefined, 0]);
});

for (const [title, path, body, isWildcard, names] of [
  ['nothing of clusters is all of them', 'clusters', {}, true, []],
  ['nothing of routes is none', 'routes', {}, false, []],
  ['a star is all of any type', 'routes', { resource_names_subscribe: ['*', 'a'] }, true, []],
  ['names of clusters are those alone', 'clusters', { resource_names_subscribe: ['a'] }, false, ['a']],
  ['who unsubscribes the star wants nothing', 'clusters', { resource_names_unsubscribe: ['*'] }, false, []],
  [
    'a name that is unsubscribed under a star is wanted all the same',
    'clusters',
    { resource_names_subscribe: ['*'], resource_names_unsubscribe: ['a'] },
    true,
    [],
  ],
] as const) {
  test(`DLV-3: subscriptions: ${title}`, () => {
    const { subscriptions } = one(path, body);
    assert.deepEqual([subscriptions.isWildcard, [...subscriptions.names]], [isWildcard, names]);
  });
}

test('DLV-3: a poll of many types has its requests in the order of application', () => {
  const { requests } = read(undefined, { node, requests: [{ type_url: ROUTE }, { typeUrl: CLUSTER }] });
  assert.deepEqual(
    requests.map(({ type }) => type.path),
    ['clusters', 'routes'],
  );
});

const many = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `n-${index}`);

for (const [title, path, body] of [
  ['PX-16: a list', 'routes', []],
  ['PX-16: a type URL of another path', 'routes', { node, type_url: CLUSTER }],
  ['PX-16: names that are no list', 'routes', { node, resource_names_subscribe: 'a' }],
  ['PX-16: a name that is no text', 'routes', { node, resource_names_unsubscribe: [1] }],
  ['PX-16: versions that are a list', 'routes', { node, initial_resource_versions: ['a'] }],
  ['PX-16: a version that is a number', 'routes', { node, initial_resource_versions: { a: 1 } }],
  ['PX-16: a nonce that is a number', 'routes', { node, response_nonce: 1 }],
  ['PX-16: an error that is a text', 'routes', { node, error_detail: 'no' }],
  ['PX-16: an error whose message is a number', 'routes', { node, error_detail: { message: 1 } }],
  ['DLV-9: no node', 'routes', {}],
  ['DLV-7: too many names', 'routes', { node, resource_names_subscribe: many(20_001) }],
  [
    'DLV-7: too many versions',
    'routes',
    { node, initial_resource_versions: Object.fromEntries(many(20_001).map((n) => [n, '1'])) },
  ],
  ['DLV-7: a huge version', 'routes', { node, initial_resource_versions: { a: 'x'.repeat(201) } }],
  ['DLV-7: a huge name', 'routes', { node, initial_resource_versions: { ['x'.repeat(1_001)]: '1' } }],
  ['DLV-7: a huge node', 'routes', { node: { ...node, metadata: { x: 'x'.repeat(70_000) } } }],
  ['PX-16: many without a list', undefined, { node }],
  ['PX-16: many of none', undefined, { node, requests: [] }],
  ['PX-16: an entry that is no object', undefined, { node, requests: [1] }],
  ['PX-16: an entry without a type', undefined, { node, requests: [{}] }],
  ['PX-16: an entry of an unknown type', undefined, { node, requests: [{ type_url: 'x' }] }],
  ['PX-16: one type twice', undefined, { node, requests: [{ type_url: CLUSTER }, { type_url: CLUSTER }] }],
  ['DLV-7: more entries than types', undefined, { node, requests: many(9).map(() => ({ type_url: CLUSTER })) }],
] as const) {
  test(`${title} is refused with 400 and a sentence`, () => {
    const result = readDeltaPoll(path === undefined ? undefined : typeOf(path), JSON.stringify(body));
    assert.ok(!result.ok);
    assert.equal(result.refusal.status, 400);
    assert.match(result.refusal.message, /\w+ .*\w+/);
  });
}

test('DLV-3: names that JavaScript knows are names like others', () => {
  const text = `{"node":${JSON.stringify(node)},"initial_resource_versions":{"__proto__":"1","constructor":"2"}}`;
  const result = readDeltaPoll(typeOf('routes'), text);
  assert.deepEqual(
    result.ok && result.poll.requests[0]?.versions,
    new Map([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]),
  );
});
