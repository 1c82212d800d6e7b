import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveryType } from '../../../lib/delivery/discovery-types.ts';
import { MAX_POLL_BYTES, type Poll, readPoll } from '../../../lib/delivery/read-poll.ts';

const clusters = discoveryType('clusters') ?? assert.fail();
const routes = discoveryType('routes') ?? assert.fail();
const node = { id: 'sidecar~10.0.0.1~a.default~default.svc.cluster.local', metadata: { NAMESPACE: 'default' } };

function read(type: typeof clusters, request: unknown): Poll {
  const result = readPoll(type, JSON.stringify(request));
  return result.ok ? result.poll : assert.fail(result.refusal.message);
}

test('PX-10: what an Envoy sends is read, without the list of its extensions', () => {
  const extensions = Array.from({ length: 516 }, (_, index) => ({ name: `envoy.filter.${index}`, category: 'x' }));
  const poll = read(routes, {
    version_info: 'v1',
    node: { ...node, cluster: 'c', user_agent_name: 'envoy', extensions },
    resource_names: ['b', 'a', 'b'],
    type_url: routes.typeUrl,
  });
  assert.deepEqual(poll.names, ['a', 'b']);
  assert.equal(poll.versionInfo, 'v1');
  assert.deepEqual(poll.node, { id: node.id, cluster: 'c', metadata: node.metadata, locality: {} });
});

test('PX-10: camelCase is read as snake_case is', () => {
  const camel = read(routes, { versionInfo: 'v', node, resourceNames: ['a'], typeUrl: routes.typeUrl });
  assert.deepEqual(camel, read(routes, { version_info: 'v', node, resource_names: ['a'], type_url: routes.typeUrl }));
});

test("a first poll has no version, and the order of a node's keys does not count", () => {
  const one = read(clusters, { node: { id: 'a', metadata: { X: 1, Y: 2 } } });
  const other = read(clusters, { node: { metadata: { Y: 2, X: 1 }, id: 'a' } });
  assert.equal(one.versionInfo, '');
  assert.equal(one.nodeHash, other.nodeHash);
});

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const deepList = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

for (const [title, text, status, code] of [
  ['DLV-9, PX-17: no node', JSON.stringify({ type_url: clusters.typeUrl }), 400, 'MALFORMED_NODE'],
  ['DLV-9: a node without an id', JSON.stringify({ node: { cluster: 'x' } }), 400, 'MALFORMED_NODE'],
  ['PX-16: a node that is a text', JSON.stringify({ node: 'x' }), 400, 'MALFORMED_NODE'],
  ['PX-16: metadata that is a list', JSON.stringify({ node: { id: 'a', metadata: [] } }), 400, 'MALFORMED_NODE'],
  ['PX-16: nothing', '', 400, 'MALFORMED_POLL'],
  ['PX-16: half a document', '{"node":{"id"', 400, 'MALFORMED_POLL'],
  ['PX-16: a list', '[]', 400, 'MALFORMED_POLL'],
  ['PX-16: null', 'null', 400, 'MALFORMED_POLL'],
  ['PX-16: a version that is a number', JSON.stringify({ node, version_info: 1 }), 400, 'MALFORMED_POLL'],
  ['PX-16: a type URL of another path', JSON.stringify({ node, type_url: routes.typeUrl }), 400, 'MALFORMED_POLL'],
  ['PX-16: names that are no list', JSON.stringify({ node, resource_names: 'a' }), 400, 'MALFORMED_POLL'],
  ['PX-16: a name that is no text', JSON.stringify({ node, resource_names: [1] }), 400, 'MALFORMED_POLL'],
  [
    'DLV-7: too many names',
    JSON.stringify({ node, resource_names: Array.from({ length: 1001 }, (_, i) => `n${i}`) }),
    400,
    'MALFORMED_POLL',
  ],
  ['DLV-7: a huge name', JSON.stringify({ node, resource_names: ['x'.repeat(1001)] }), 400, 'MALFORMED_POLL'],
  [
    'DLV-7: a node over the limit',
    JSON.stringify({ node: { id: 'a', metadata: { x: 'y'.repeat(70_000) } } }),
    400,
    'MALFORMED_NODE',
  ],
  ['DLV-7: a deep node', JSON.stringify({ node: { id: 'a', metadata: deep(40) } }), 400, 'MALFORMED_NODE'],
  ['DLV-7: a very deep node', `{"node":{"id":"a","metadata":{"x":${deepList}}}}`, 400, 'MALFORMED_NODE'],
  ['DLV-7: a body over the limit', 'x'.repeat(MAX_POLL_BYTES + 1), 413, 'POLL_TOO_LARGE'],
] as const) {
  test(`${title} is refused with ${status}`, () => {
    const result = readPoll(clusters, text);
    assert.ok(!result.ok);
    assert.deepEqual([result.refusal.status, result.refusal.code], [status, code]);
  });
}

test('PX-16: a path that names no type is none, and all types of the protocol have one', () => {
  assert.equal(discoveryType('nonsense'), undefined);
  assert.equal(discoveryType('__proto__'), undefined);
  for (const path of ['scoped-routes', 'runtime', 'extension_configs', 'secrets', 'endpoints', 'listeners']) {
    assert.equal(discoveryType(path)?.path, path);
  }
});
