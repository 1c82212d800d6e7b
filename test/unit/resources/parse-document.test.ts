import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from '../../../lib/resources/parse-document.ts';
import { keyOf } from '../../../lib/resources/resource.ts';
import { documentOf, findingsOf, textsOf } from '../../support/findings.ts';

const settings = { defaultNamespace: 'ns' };
const textsFor = (value: unknown): readonly string[] => textsOf(parseDocument(value, settings).issues);

test('the body is kept as it was written, the namespace is filled in', () => {
  const spec = { hosts: ['a.b'], http: [{ route: [{ destination: { host: 'a.b' } }], timeout: '1m' }] };
  const parsed = parseDocument(documentOf('VirtualService', spec), settings);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'test', namespace: 'ns' },
    spec,
  });
  assert.equal(keyOf(parsed.value), 'VirtualService/ns/test');
});

test('a Mesh has no namespace, an EndpointSlice has its body at the root, a status is kept', () => {
  const mesh = parseDocument({ apiVersion: 'pilotless.dev/v1', kind: 'Mesh', metadata: { name: 'default' } }, settings);
  assert.ok(mesh.ok);
  assert.equal(keyOf(mesh.value), 'Mesh//default');
  const body = { addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4'] }] };
  const slice = parseDocument(
    documentOf('EndpointSlice', body, { labels: { 'kubernetes.io/service-name': 'a' } }),
    settings,
  );
  assert.ok(slice.ok);
  assert.deepEqual(slice.value.spec, body);
  const status = { conditions: [{ type: 'Healthy', status: 'True' }] };
  const entry = parseDocument({ ...documentOf('WorkloadEntry', { address: '1.2.3.4' }), status }, settings);
  assert.ok(entry.ok);
  assert.deepEqual(entry.value.status, status);
});

test('null members of a known name are as good as absent, other nulls are not', () => {
  const spec = { host: 'a.b', trafficPolicy: null, subsets: [{ name: 'v1', labels: null }] };
  const parsed = parseDocument(documentOf('DestinationRule', spec), settings);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value.spec, { host: 'a.b', subsets: [{ name: 'v1' }] });
  assert.deepEqual(findingsOf('DestinationRule', { host: 'a.b', subsets: [null] }), [
    'error spec.subsets[0]: expected an object with members, not null, may not be null',
  ]);
});

test('VS-26: a null header match is an error, for without it more would match', () => {
  const spec = {
    hosts: ['a.b'],
    http: [{ match: [{ headers: { x: null } }], route: [{ destination: { host: 'a' } }] }],
  };
  const [first] = findingsOf('VirtualService', spec);
  assert.match(first ?? '', /^error spec\.http\[0\]\.match\[0\]\.headers\.x: .*may not be null/);
});

test('CS-8: all errors are told at once, those of the shape and those of the rules', () => {
  const spec = {
    host: '',
    trafficPolicyy: {},
    subsets: [{ name: 'a' }, { name: 'a' }],
    trafficPolicy: { connectionPool: { tcp: { maxConnections: 'many' } } },
  };
  assert.deepEqual(findingsOf('DestinationRule', spec, { labels: { 'bad key': 'x' } }), [
    'error metadata.labels["bad key"]: invalid tag key: "bad key"; use letters, digits, "-", "_" and "."',
    'error spec.trafficPolicy.connectionPool.tcp.maxConnections: expected a number, not the text "many"',
    'error spec.trafficPolicyy: unknown field "trafficPolicyy"; did you mean trafficPolicy?',
    'error spec.host: empty domain name not allowed; write a host name',
    'error spec.subsets[1].name: duplicate subset names: "a"; rename one',
  ]);
});

test('CS-13: an unknown field is an error with the nearest known name', () => {
  const said = (spec: object): readonly string[] => findingsOf('VirtualService', { hosts: ['a.b'], ...spec });
  const route = [{ destination: { host: 'a' } }];
  assert.match(said({ http: [{ route, mirror_percentage: {} }] })[0] ?? '', /did you mean mirrorPercentage\?/);
  assert.match(said({ http: [{ route: [{ destination: { hots: 'a' } }] }] })[0] ?? '', /did you mean host\?/);
  assert.match(said({ http: [{ route, zzz: 1 }] })[0] ?? '', /known here: name, match, route/);
  assert.match(textsFor({ ...documentOf('Gateway', {}), sepc: {} })[0] ?? '', /did you mean spec\?/);
});

test('CS-1: kinds are a closed set, told apart by group and version', () => {
  const said = (apiVersion: unknown, kind: unknown): string =>
    textsFor({ apiVersion, kind, metadata: { name: 'x' } })[0] ?? '';
  assert.match(
    said('networking.istio.io/v1', 'VirtualServise'),
    /unknown kind .*not supported yet; did you mean VirtualService\? known kinds: /,
  );
  assert.match(
    said('gateways.example.com/v1', 'Gateway'),
    /unknown kind "Gateway" in "gateways.example.com\/v1", not supported yet/,
  );
  assert.match(said('networking.istio.io/v2', 'Gateway'), /unknown version .*use networking.istio.io\/v1, /);
  assert.match(said(undefined, 'Gateway'), /a document says its apiVersion/);
  assert.match(said('v1', 7), /a document says its kind/);
  for (const kind of ['constructor', '__proto__', 'toString']) assert.match(said('v1', kind), /unknown kind/);
});

const metadataRows: readonly (readonly [metadata: unknown, expected: RegExp])[] = [
  [undefined, /^error metadata\.name: a document has a name/],
  [{}, /^error metadata\.name: a document has a name/],
  [[], /^error metadata: metadata is an object/],
  [{ name: 7 }, /^error metadata\.name: expected a text .* not the number 7/],
  [{ name: 'Upper' }, /^error metadata\.name: invalid name "Upper"/],
  [{ name: 'a..b' }, /^error metadata\.name: invalid name/],
  [{ name: 'a'.repeat(254) }, /^error metadata\.name: invalid name/],
  [{ name: 'a', namespace: 'a.b' }, /^error metadata\.namespace: invalid namespace "a\.b"/],
  [{ name: 'a', labels: { k: 'v!' } }, /^error metadata\.labels\.k: invalid label value "v!"/],
  [{ name: 'a', labels: { k: true } }, /^error metadata\.labels\.k: expected a text/],
  [{ name: 'a', annotations: { 'a b': '' } }, /^error metadata\.annotations\["a b"\]: invalid annotation key/],
  [{ name: 'a', annotations: { 'internal.istio.io/parents': 'x' } }, /may not be set by users/],
  [{ name: 'a', annotations: { k: 'x'.repeat(300_000) } }, /^error metadata\.annotations: annotations are too large/],
];

for (const [metadata, expected] of metadataRows) {
  test(`CS-12: metadata ${JSON.stringify(metadata)?.slice(0, 60) ?? 'that is missing'}`, () => {
    const document = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'WorkloadEntry',
      metadata,
      spec: { address: '1.2.3.4' },
    };
    assert.match(textsFor(document)[0] ?? '', expected);
  });
}

test('CS-12: bookkeeping of Kubernetes in exported objects is no error', () => {
  const metadata = { managedFields: [{ manager: 'kubectl' }], creationTimestamp: null, ownerReferences: [], uid: 'u' };
  assert.deepEqual(findingsOf('WorkloadEntry', { address: '1.2.3.4' }, metadata), []);
});

const strange: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 1e308],
  ['a list', [{}]],
  ['an empty text', ''],
  ['a body that is a list', documentOf('Gateway', [])],
  ['a body that is null', { ...documentOf('VirtualService', {}), spec: null }],
];

for (const [what, value] of strange) {
  test(`FLT-3: ${what} is no document, and is told so`, () => {
    const parsed = parseDocument(value, settings);
    assert.equal(parsed.ok, false);
    assert.ok(parsed.issues.length > 0);
  });
}

test('FLT-3: a document with thousands of problems is told some of them', () => {
  const { issues } = parseDocument(documentOf('VirtualService', { hosts: Array(5000).fill('!') }), settings);
  assert.equal(issues.length, 201);
  assert.match(issues.at(-1)?.message ?? '', /there are more problems/);
});

test('FLT-3: nesting, size and long texts are bounded', () => {
  let deep: object = {};
  for (let level = 0; level < 10_000; level += 1) deep = { deep };
  assert.match(textsFor(documentOf('Gateway', deep))[0] ?? '', /nested more than 64 levels/);
  assert.match(textsFor(documentOf('Gateway', { a: 'x'.repeat(10_000_000) }))[0] ?? '', /larger than/);
  const [long] = findingsOf('DestinationRule', { host: 'x'.repeat(2_000_000) });
  assert.ok((long ?? '').length < 1200);
});
