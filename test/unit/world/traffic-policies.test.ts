import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrafficPolicy } from '../../../lib/model/traffic-policy.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';

const rule = (name: string, spec: string, metadata = ''): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, ${metadata} }
spec: ${spec}
`;

const read = (...texts: readonly string[]) => buildWorld(unadmittedResourcesOf(texts.join('---')));
const local = (texts: readonly string[], namespace = 'default', host = 'a.com'): readonly TrafficPolicy[] =>
  read(...texts)
    .value.trafficPolicies.local.get(namespace)
    ?.exact.get(host) ?? [];
const names = (policies: readonly TrafficPolicy[]): readonly string[] =>
  policies.map(({ from }) => from.map((key) => key.split('/')[2]).join('+'));

const pool = (connections: number): string =>
  `trafficPolicy: { connectionPool: { tcp: { maxConnections: ${connections} } } }`;

test('DR-1: the oldest rule of a host comes first, those with a selector before the others', () => {
  const policies = local([
    rule('young', '{ host: a.com }', "creationTimestamp: '2025-01-01T00:00:00Z'"),
    rule('old', '{ host: a.com }', "creationTimestamp: '2024-01-01T00:00:00Z'"),
    rule(
      'selects',
      '{ host: a.com, workloadSelector: { matchLabels: { x: y } }, exportTo: [other] }',
      "creationTimestamp: '2026-01-01T00:00:00Z'",
    ),
  ]);
  assert.deepEqual(names(policies), ['selects', 'old+young']);
});

test('DR-1: a short host is a service of the rule’s own namespace', () => {
  const { local } = read(rule('a', '{ host: reviews }', 'namespace: shop')).value.trafficPolicies;
  assert.deepEqual([...(local.get('shop')?.exact.keys() ?? [])], ['reviews.shop.svc.cluster.local']);
});

test('DR-2: a rule with a selector is private, whatever it says', () => {
  const { exported, local } = read(
    rule('a', "{ host: a.com, workloadSelector: { matchLabels: { x: y } }, exportTo: ['*'] }"),
  ).value.trafficPolicies;
  assert.equal(exported.get('default'), undefined);
  assert.deepEqual(local.get('default')?.exact.get('a.com')?.[0]?.visibility, {
    to: 'namespaces',
    namespaces: ['default'],
  });
});

test('DR-3: in which indices a rule is, by its exportTo', () => {
  for (const [exportTo, isLocal, isExported, isRootLocal] of [
    ['', true, true, false],
    ["exportTo: ['*'],", true, true, false],
    ["exportTo: ['.'],", true, false, true],
    ['exportTo: [istio-system],', true, false, true],
    ['exportTo: [b],', false, true, false],
    ['exportTo: [., b],', true, true, false],
    ["exportTo: ['~'],", false, true, false],
  ] as const) {
    const { local, exported, rootLocal } = read(rule('a', `{ ${exportTo} host: a.com }`, 'namespace: istio-system'))
      .value.trafficPolicies;
    const found = [local.has('istio-system'), exported.has('istio-system'), rootLocal.exact.has('a.com')];
    assert.deepEqual(found, [isLocal, isExported, isRootLocal], exportTo);
  }
});

test('DR-5: an equal or wider exportTo merges, any other stays apart', () => {
  for (const [first, second, expected] of [
    ['[b]', '[b]', ['a+b']],
    ['[b]', '[b, c]', ['a+b']],
    ['[b, c]', '[b]', ['a', 'b']],
    ['[b]', '[c]', ['a', 'b']],
    ['[]', '[b]', ['a', 'b']],
  ] as const) {
    const texts = [rule('a', `{ host: a.com, exportTo: ${first} }`), rule('b', `{ host: a.com, exportTo: ${second} }`)];
    const { exported } = read(...texts).value.trafficPolicies;
    assert.deepEqual(names(exported.get('default')?.exact.get('a.com') ?? []), expected, `${first} then ${second}`);
  }
});

test('DR-6: equal selectors merge, different ones never meet', () => {
  const selects = (name: string, value: string): string =>
    rule(name, `{ host: a.com, workloadSelector: { matchLabels: { x: ${value} } } }`);
  assert.deepEqual(names(local([selects('a', 'one'), selects('b', 'one'), selects('c', 'two')])), ['a+b', 'c']);
});

test('DR-7, DR-8: a rule without a selector fills those that have one, and stays for everybody else', () => {
  const policies = local([
    rule('all', `{ host: a.com, exportTo: ['.'], ${pool(5)}, subsets: [{ name: v1 }] }`),
    rule('some', '{ host: a.com, workloadSelector: { matchLabels: { x: y } }, subsets: [{ name: v2 }] }'),
  ]);
  assert.deepEqual(names(policies), ['some+all', 'all']);
  assert.deepEqual(
    policies[0]?.subsets.map(({ name }) => name),
    ['v2', 'v1'],
  );
  assert.equal(policies[0]?.blocks.pool?.maxConnections, 5);
});

test('DR-9: new subsets are appended, a repeated one is ignored and named; the first top-level policy counts whole', () => {
  const texts = [
    rule('a', `{ host: a.com, ${pool(1)}, subsets: [{ name: v1, labels: { v: "1" } }] }`),
    rule(
      'b',
      `{ host: a.com, trafficPolicy: { outlierDetection: {}, connectionPool: { tcp: { maxConnections: 2 } } }, subsets: [{ name: v1 }, { name: v2 }] }`,
    ),
  ];
  const [policy] = local(texts);
  assert.deepEqual(
    policy?.subsets.map(({ name, labels }) => [name, labels]),
    [
      ['v1', { v: '1' }],
      ['v2', {}],
    ],
  );
  assert.equal(policy?.blocks.pool?.maxConnections, 1);
  assert.equal(policy?.blocks.outlier, undefined);
  assert.deepEqual(
    read(...texts).issues.map(({ code, resource, path }) => [code, resource, path]),
    [['DUPLICATE_SUBSET', 'DestinationRule/default/b', 'spec.subsets[0].name']],
  );
});

test('DR-9: a top-level policy fills the place of an absent one, empty as it may be', () => {
  const [filled] = local([rule('a', '{ host: a.com }'), rule('b', `{ host: a.com, ${pool(2)} }`)]);
  assert.equal(filled?.blocks.pool?.maxConnections, 2);
  const [kept] = local([rule('a', '{ host: a.com, trafficPolicy: {} }'), rule('b', `{ host: a.com, ${pool(2)} }`)]);
  assert.equal(kept?.blocks.pool, undefined);
});

test('DR-10: the contributors are listed in the order in which they were merged', () => {
  const [policy] = local([rule('b', '{ host: a.com }'), rule('a', '{ host: a.com }'), rule('c', '{ host: a.com }')]);
  assert.deepEqual(policy?.from, [
    'DestinationRule/default/a',
    'DestinationRule/default/b',
    'DestinationRule/default/c',
  ]);
});

test('LB-15, LB-16: algorithms, hash keys and warm-up as written', () => {
  const lb = (spec: string) =>
    local([rule('a', `{ host: a.com, trafficPolicy: { loadBalancer: ${spec} } }`)])[0]?.blocks.lb;
  assert.deepEqual(lb('{ simple: LEAST_CONN }')?.algorithm, { type: 'least-request' });
  assert.deepEqual(lb('{}')?.algorithm, undefined);
  assert.deepEqual(lb('{ consistentHash: { httpHeaderName: x } }')?.algorithm, {
    type: 'ring-hash',
    minimumRingSize: 1024,
    key: { on: 'header', name: 'x' },
  });
  assert.deepEqual(lb('{ consistentHash: { useSourceIp: true, ringHash: {} } }')?.algorithm, {
    type: 'ring-hash',
    minimumRingSize: undefined,
    key: { on: 'source-ip' },
  });
  assert.deepEqual(
    lb('{ consistentHash: { httpCookie: { name: c, path: /p, ttl: 1s }, minimumRingSize: 7 } }')?.algorithm,
    {
      type: 'ring-hash',
      minimumRingSize: 7,
      key: { on: 'cookie', name: 'c', path: '/p', ttl: 1000, attributes: [] },
    },
  );
  assert.deepEqual(lb('{ consistentHash: { httpQueryParameterName: q, maglev: { tableSize: 11 } } }')?.algorithm, {
    type: 'maglev',
    tableSize: 11,
    key: { on: 'query-parameter', name: 'q' },
  });
  assert.deepEqual(lb('{ warmup: { duration: 10s }, warmupDurationSecs: 5s }')?.warmup, {
    duration: 10_000,
    shape: { minimumPercent: 10, aggression: 1 },
  });
  assert.deepEqual(lb('{ warmupDurationSecs: 5s }')?.warmup, { duration: 5000, shape: undefined });
});

test('DR-4: exact hosts and wildcards are kept apart', () => {
  const { local } = read(rule('a', '{ host: a.com }'), rule('b', "{ host: '*.com' }")).value.trafficPolicies;
  assert.deepEqual([...(local.get('default')?.exact.keys() ?? [])], ['a.com']);
  assert.deepEqual([...(local.get('default')?.wildcards.keys() ?? [])], ['*.com']);
});

const MADE = "annotations: { internal.istio.io/parents: 'BackendTLSPolicy/default.tls' }";
const made = (createdAt: string): string =>
  rule(
    'made',
    `{ host: a.com, trafficPolicy: { tls: { mode: SIMPLE, sni: made }, outlierDetection: { consecutive5xxErrors: 3 },
       portLevelSettings: [{ port: { number: 1 }, tls: { mode: SIMPLE, sni: one } }, { port: { number: 2 }, tls: { mode: SIMPLE, sni: two } }] } }`,
    `creationTimestamp: '${createdAt}', ${MADE}`,
  );
const sniOf = ({ blocks }: Pick<TrafficPolicy, 'blocks'>): string =>
  blocks.tls?.mode === 'simple' ? blocks.tls.serverName : '';

for (const [age, createdAt] of [
  ['older', '2020-01-01T00:00:00Z'],
  ['younger', '2030-01-01T00:00:00Z'],
] as const) {
  test(`DR-11: a rule made of a policy that is ${age} fills what nobody wrote, block by block and port by port`, () => {
    const written = rule(
      'written',
      `{ host: a.com, trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 } }, outlierDetection: { consecutive5xxErrors: 9 },
         portLevelSettings: [{ port: { number: 1 }, connectionPool: { tcp: { maxConnections: 8 } } }] } }`,
      "creationTimestamp: '2025-01-01T00:00:00Z'",
    );
    const [policy, ...others] = local([written, made(createdAt)]);
    assert.deepEqual([policy?.blocks.pool?.maxConnections, policy?.blocks.outlier?.consecutive5xx], [7, 9]);
    assert.equal(policy && sniOf(policy), 'made');
    assert.deepEqual(
      policy?.ports.map((each) => [each.port, each.blocks.pool?.maxConnections, sniOf(each)]),
      [
        [1, 8, 'one'],
        [2, undefined, 'two'],
      ],
    );
    assert.deepEqual(others, []);
    const [own] = local([
      rule('own', '{ host: a.com, trafficPolicy: { tls: { mode: SIMPLE, sni: own } } }'),
      made(createdAt),
    ]);
    assert.equal(own && sniOf(own), 'own');
  });
}

test('DR-11: it fills rules of another reach as well, and stays for those who see none of them', () => {
  const { local: own, exported } = read(
    rule('private', `{ host: a.com, exportTo: [.], ${pool(7)} }`),
    made('2020-01-01T00:00:00Z'),
  ).value.trafficPolicies;
  const at = (table: typeof own) => table.get('default')?.exact.get('a.com') ?? [];
  assert.deepEqual(at(own).map(sniOf), ['made', 'made']);
  // Of rules without a selector the last one counts.
  assert.deepEqual(
    at(own).map(({ from }) => from),
    [['BackendTLSPolicy/default/tls'], ['DestinationRule/default/private', 'BackendTLSPolicy/default/tls']],
  );
  assert.deepEqual(names(at(exported)), ['tls']);
});
