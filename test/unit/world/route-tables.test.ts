import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRule, StringMatch } from '../../../lib/model/http-rule.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { readRouteTables } from '../../../lib/world/route-tables.ts';
import type { HttpRoute } from '../../../lib/resources/virtual-service-spec.ts';
import { tableOf, virtualService } from '../../support/route-tables.ts';

const full = 'app.default.svc.cluster.local';
const ruleOf = (route: HttpRoute): HttpRule => {
  const [rule] = tableOf([route]).http;
  if (rule === undefined) throw new Error('no rule');
  return rule;
};
const forward = (route: HttpRoute): HttpRule['action'] & { readonly type: 'forward' } => {
  const { action } = ruleOf(route);
  if (action.type !== 'forward') throw new Error(action.type);
  return action;
};

test('VS-1: hosts, destinations and mirrors become full names of the own namespace', () => {
  const table = tableOf([{ route: [{ destination: { host: 'app' } }], mirror: { host: 'Shadow' } }]);
  assert.deepEqual(table.hosts, [full]);
  const { action } = table.http[0] ?? {};
  assert.ok(action?.type === 'forward');
  assert.equal(action.destinations[0]?.destination.host, full);
  assert.equal(action.mirrors[0]?.destination.host, 'shadow.default.svc.cluster.local');
});

const names: readonly (readonly [written: string, full: string])[] = [
  ['app.other', 'app.other'],
  ['*.example.com', '*.example.com'],
  ['*', '*'],
  ['10.0.0.1', '10.0.0.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['API.Example.com', 'api.example.com'],
];
for (const [written, expected] of names) {
  test(`HN-7: the host ${written} is ${expected}`, () =>
    assert.deepEqual(tableOf([], { hosts: [written] }).hosts, [expected]));
}

const gateways: readonly (readonly [written: string, full: string])[] = [
  ['mesh', 'mesh'],
  ['edge', 'default/edge'],
  ['./edge', 'default/edge'],
  ['infra/edge', 'infra/edge'],
  ['edge.infra', 'infra/edge'],
  ['edge.infra.svc.cluster.local', 'infra/edge'],
];
for (const [written, expected] of gateways) {
  test(`HN-8: the gateway ${written} is ${expected}, at the top and in matches`, () => {
    const table = tableOf([{ match: [{ gateways: [written] }] }], { gateways: [written] });
    assert.deepEqual(table.gateways, [expected]);
    assert.deepEqual(table.http[0]?.matches[0]?.gateways, [expected]);
  });
}

test('VS-2: no gateways mean the mesh; oldest first, then name, then namespace', () => {
  const services = [
    virtualService('b', { hosts: ['x'] }, { creationTimestamp: '2026-01-02T00:00:00Z' }),
    virtualService('a', { hosts: ['x'] }, { creationTimestamp: '2026-01-02T00:00:00Z', namespace: 'z' }),
    virtualService('a', { hosts: ['x'] }, { creationTimestamp: '2026-01-02T00:00:00Z' }),
    virtualService('c', { hosts: ['x'] }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
  ];
  const tables = readRouteTables(services, meshDefaults()).value;
  assert.deepEqual(
    tables.map(({ source }) => source),
    ['VirtualService/default/c', 'VirtualService/default/a', 'VirtualService/z/a', 'VirtualService/default/b'],
  );
  assert.deepEqual(tables[0]?.gateways, ['mesh']);
});

test('VS-3: exportTo is resolved where it was written', () => {
  assert.deepEqual(tableOf([], { exportTo: ['.', 'b'] }).visibility, {
    to: 'namespaces',
    namespaces: ['b', 'default'],
  });
  assert.deepEqual(tableOf([], { exportTo: ['~'] }).visibility, { to: 'nobody' });
  assert.deepEqual(tableOf([]).visibility, { to: 'everyone' });
});

test('VS-5: a VirtualService without hosts is no table of its own', () =>
  assert.deepEqual(readRouteTables([virtualService('part', { http: [] })], meshDefaults()).value, []));

test('RT-12: a redirect goes before a direct response, and that before destinations', () => {
  const route = [{ destination: { host: 'app' } }];
  assert.equal(ruleOf({ redirect: {}, directResponse: { status: 200 }, route }).action.type, 'redirect');
  assert.equal(ruleOf({ directResponse: { status: 200 }, route }).action.type, 'direct-response');
  assert.equal(ruleOf({ route }).action.type, 'forward');
});

const matches: readonly (readonly [written: object, read: StringMatch])[] = [
  [{}, { type: 'present' }],
  [{ exact: '' }, { type: 'exact', value: '' }],
  [{ prefix: 'a' }, { type: 'prefix', value: 'a' }],
  [{ regex: 'a.*' }, { type: 'regex', value: 'a.*' }],
  [{ regex: '*' }, { type: 'present' }],
];
for (const [written, read] of matches) {
  test(`RT-8, RT-10: ${JSON.stringify(written)} reads as ${JSON.stringify(read)}`, () => {
    const [match] = ruleOf({
      match: [{ headers: { a: written }, queryParams: { b: written }, method: written }],
    }).matches;
    assert.deepEqual([match?.headers[0]?.match, match?.queryParams[0]?.match, match?.method], [read, read, read]);
  });
}

const shares: readonly (readonly [what: string, route: HttpRoute, share: object | undefined])[] = [
  ['nothing written is all', { mirror: { host: 'm' } }, { numerator: 100, of: 'hundred' }],
  [
    'a percentage counts in millionths',
    { mirror: { host: 'm' }, mirrorPercentage: { value: 0.0001 } },
    { numerator: 1, of: 'million' },
  ],
  [
    'a percentage goes before whole percent',
    { mirror: { host: 'm' }, mirrorPercent: 5, mirrorPercentage: { value: 50 } },
    { numerator: 500_000, of: 'million' },
  ],
  ['whole percent', { mirror: { host: 'm' }, mirrorPercent: 5 }, { numerator: 5, of: 'hundred' }],
  ['a written zero is no mirror', { mirror: { host: 'm' }, mirrorPercentage: { value: 0 } }, undefined],
  ['a zero of whole percent is no mirror', { mirror: { host: 'm' }, mirrorPercent: 0 }, undefined],
  [
    'mirrors have their own percentages',
    { mirrors: [{ destination: { host: 'm' }, percentage: { value: 1 } }] },
    { numerator: 10_000, of: 'million' },
  ],
];
for (const [what, route, share] of shares) {
  test(`RT-23: ${what}`, () => assert.deepEqual(forward(route).mirrors[0]?.share, share));
}

test('RT-27: gRPC statuses go by name, fixed delays alone count, and nothing of both is no fault', () => {
  const fault = (written: HttpRoute['fault'] & object): HttpRule['fault'] => ruleOf({ fault: written }).fault;
  assert.deepEqual(fault({ abort: { grpcStatus: 'UNAVAILABLE' } }), {
    delay: undefined,
    abort: { status: { grpc: 14 }, share: undefined },
  });
  assert.deepEqual(fault({ delay: { fixedDelay: '2s', percent: 30 } })?.delay, {
    duration: 2000,
    share: { numerator: 30, of: 'hundred' },
  });
  assert.equal(fault({ delay: { exponentialDelay: '2s' }, abort: { http2Error: 'X' } }), undefined);
});

test('RT-28: allowOrigins goes before the deprecated allowOrigin', () => {
  const origins = (cors: HttpRoute['corsPolicy'] & object): unknown => ruleOf({ corsPolicy: cors }).cors?.allowOrigins;
  assert.deepEqual(origins({ allowOrigin: ['a'] }), [{ type: 'exact', value: 'a' }]);
  assert.deepEqual(origins({ allowOrigin: ['a'], allowOrigins: [{ prefix: 'b' }] }), [{ type: 'prefix', value: 'b' }]);
});

test('VS-1, TR-7: rules for connections have full names, and those without a destination are left out', () => {
  const match = [{ sniHosts: ['X.App.com'], gateways: ['edge'], destinationSubnets: ['10.0.0.1', '10.1.0.0/16'] }];
  const table = tableOf([], {
    tcp: [{}, { route: [{ destination: { host: 'db', port: { number: 1 }, subset: 's' }, weight: 3 }] }],
    tls: [{ match, route: [{ destination: { host: 'app' } }] }],
  });
  assert.deepEqual(table.tcp, [
    {
      origin: { resource: 'VirtualService/default/table', path: 'spec.tcp[1]' },
      matches: [],
      destinations: [{ destination: { host: 'db.default.svc.cluster.local', subset: 's', port: 1 }, weight: 3 }],
    },
  ]);
  assert.deepEqual(table.tls[0]?.matches, [
    {
      serverNames: ['x.app.com'],
      destinations: [
        { address: '10.0.0.1', bits: 32 },
        { address: '10.1.0.0', bits: 16 },
      ],
      port: 0,
      sourceLabels: {},
      sourceNamespace: '',
      gateways: ['default/edge'],
    },
  ]);
});

test('a rule with a range that cannot be read goes, instead of holding for every address', () => {
  const route = [{ destination: { host: 'db' } }];
  assert.deepEqual(tableOf([], { tcp: [{ match: [{ destinationSubnets: ['10.0.0.0/33'] }], route }] }).tcp, []);
});
