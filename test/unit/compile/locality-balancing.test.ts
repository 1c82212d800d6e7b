import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLocality, printLocality } from '../../../lib/base/locality.ts';
import type { Labels } from '../../../lib/base/labels.ts';
import {
  balanceLocalities,
  localityRule,
  localityUse,
  totalWeight,
  type LabelledEndpoint,
  type LocalityGroup,
  type LocalityRule,
} from '../../../lib/compile/locality-balancing.ts';
import { DISTRIBUTION_LABELS } from '../../../lib/model/service.ts';
import type { LocalityLb, ZoneAwareLb } from '../../../lib/model/traffic-policy.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';

const endpoint = (weight = 1, labels: Labels = {}): LabelledEndpoint => ({
  endpoint: {
    address: { type: 'socket', address: '10.0.0.1', port: 80 },
    health: 'unchecked',
    weight,
    workload: '',
    acceptsMeshTls: false,
  },
  labels,
  weight,
});
const group = (locality: string, ...endpoints: readonly LabelledEndpoint[]): LocalityGroup => {
  const members = endpoints.length === 0 ? [endpoint()] : endpoints;
  return { locality: parseLocality(locality), priority: 0, weight: totalWeight(members), endpoints: members };
};
const setting = (parts: Partial<LocalityLb>, failsOver = true): LocalityRule => ({
  kind: 'locality',
  setting: { distribute: [], failover: [], failoverPriority: [], ...parts },
  failsOver,
});
const client = (locality: string, labels: Labels = {}) => ({
  locality: parseLocality(locality),
  selectedLabels: labels,
  hasLabels: Object.keys(labels).length > 0,
});

/** `locality priority weight endpoints` of each group. */
const shown = (groups: readonly LocalityGroup[]): readonly string[] =>
  groups.map(({ locality, priority, weight, endpoints }) =>
    [printLocality(locality), priority, weight, endpoints.length].join(' '),
  );

const zoneAware = (parts: Partial<ZoneAwareLb>): ZoneAwareLb => ({
  isOn: true,
  failover: [],
  failoverPriority: [],
  minimumClusterSize: undefined,
  ...parts,
});

test('LB-1: the policy, zone-aware first and "off" included, then the service’s wish, then the mesh', () => {
  const mesh = meshDefaults();
  const own: LocalityLb = { distribute: [], failover: [{ from: 'a', to: 'b' }], failoverPriority: [] };
  const near = { trafficDistribution: 'same-zone' } as const;
  const zones = zoneAware({});
  assert.equal(localityRule({ lb: { locality: own, zoneAware: zones } }, near, mesh)?.setting, zones);
  assert.equal(localityRule({ lb: { locality: own } }, near, mesh)?.setting, own);
  assert.equal(localityRule({ lb: { locality: 'off' } }, near, mesh), undefined);
  assert.deepEqual(localityRule({ lb: {} }, near, mesh), {
    kind: 'locality',
    setting: { distribute: [], failover: [], failoverPriority: DISTRIBUTION_LABELS['same-zone'] },
    failsOver: true,
  });
  assert.equal(localityRule({}, {}, { ...mesh, zoneAwareLb: zones })?.setting, zones);
  assert.equal(localityRule({}, {}, mesh)?.setting, mesh.localityLb);
  assert.equal(localityRule({}, {}, { ...mesh, localityLb: undefined }), undefined);
});

test('LB-11: the zones of a region are one priority, regions that failover names come next; off leaves all as it is', () => {
  const groups = ['r1/z1', 'r1/z2', 'r2/z1', 'r3/z1'].map((locality) => group(locality));
  const setting = zoneAware({ failover: [{ from: 'r1', to: 'r3' }] });
  assert.deepEqual(shown(balanceLocalities(groups, { kind: 'zone-aware', setting }, client('r1/z1'))), [
    'r1/z1 0 1 1',
    'r1/z2 0 1 1',
    'r2/z1 2 1 1',
    'r3/z1 1 1 1',
  ]);
  const off = { kind: 'zone-aware', setting: zoneAware({ isOn: false }) } as const;
  assert.deepEqual(balanceLocalities(groups, off, client('r1/z1')), groups);
  assert.deepEqual(localityUse(off), { type: 'zone-aware', isOn: false, minimumClusterSize: undefined });
});

test('LB-11: labels rank first, regions within them', () => {
  const groups = [
    group('r1', endpoint(1, { a: '2' })),
    group('r2', endpoint(2, { a: '1' })),
    group('r1/z2', endpoint(4, { a: '1' })),
  ];
  const rule = { kind: 'zone-aware', setting: zoneAware({ failoverPriority: ['a'] }) } as const;
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1', { a: '1' }))), [
    'r1 2 1 1',
    'r2 1 2 1',
    'r1/z2 0 4 1',
  ]);
});

test('LB-2: without outlier detection nothing fails over', () => {
  const groups = [group('r1/z1'), group('r2/z1')];
  assert.deepEqual(balanceLocalities(groups, setting({}, false), client('r1/z1')), groups);
});

test('LB-4, LB-5: the nearer the better, without gaps', () => {
  const groups = ['r1/z1/s1', 'r1/z1/s2', 'r1/z2/s1', 'r2/z1/s1'].map((locality) => group(locality));
  assert.deepEqual(shown(balanceLocalities(groups, setting({}), client('r1/z1/s1'))), [
    'r1/z1/s1 0 1 1',
    'r1/z1/s2 1 1 1',
    'r1/z2/s1 2 1 1',
    'r2/z1/s1 3 1 1',
  ]);
  assert.deepEqual(shown(balanceLocalities([group('r1/z2'), group('r2/z1')], setting({}), client('r1/z1'))), [
    'r1/z2 0 1 1',
    'r2/z1 1 1 1',
  ]);
});

test('LB-4: a region that failover names comes before other foreign ones', () => {
  const groups = ['r1/z1', 'r2/z1', 'r3/z1'].map((locality) => group(locality));
  const rule = setting({ failover: [{ from: 'r1', to: 'r3' }] });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1/z1'))), [
    'r1/z1 0 1 1',
    'r2/z1 2 1 1',
    'r3/z1 1 1 1',
  ]);
});

test('LB-6: the earlier a label differs, the later an endpoint is used; one locality is split', () => {
  const groups = [
    group('r1', endpoint(1, { a: '1', b: '1' }), endpoint(2, { a: '1', b: '2' }), endpoint(4, { a: '2', b: '1' })),
    group('r2', endpoint(8, { a: '1', b: '1' })),
  ];
  const rule = setting({ failoverPriority: ['a', 'b'] });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1', { a: '1', b: '1' }))), [
    'r1 0 1 1',
    'r1 1 2 1',
    'r1 2 4 1',
    'r2 0 8 1',
  ]);
});

test('LB-6: a literal value stands in for the client’s own', () => {
  const groups = [group('r1', endpoint(1, { a: '1' }), endpoint(2, { a: '2' }))];
  const rule = setting({ failoverPriority: ['a=2'] });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1', { a: '1' }))), ['r1 0 2 1', 'r1 1 1 1']);
});

test('LB-7: another network is worse than any mismatch within the client’s', () => {
  const network = 'topology.istio.io/network';
  const groups = [
    group(
      'r1',
      endpoint(1, { [network]: 'n2', a: '1' }),
      endpoint(2, { [network]: 'n1', a: '2' }),
      endpoint(4, { [network]: 'n2', a: '2' }),
      endpoint(8, { [network]: 'n1', a: '1' }),
    ),
  ];
  const rule = setting({ failoverPriority: [network, 'a'] });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1', { [network]: 'n1', a: '1' }))), [
    'r1 0 8 1',
    'r1 1 2 1',
    'r1 2 1 1',
    'r1 3 4 1',
  ]);
});

test('LB-8: labels rank first, failover within them; a client without labels has no label ranks', () => {
  const groups = [
    group('r1', endpoint(1, { a: '2' })),
    group('r2', endpoint(2, { a: '1' })),
    group('r3', endpoint(4, { a: '1' })),
  ];
  const rule = setting({ failoverPriority: ['a'], failover: [{ from: 'r1', to: 'r3' }] });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1', { a: '1' }))), [
    'r1 2 1 1',
    'r2 1 2 1',
    'r3 0 4 1',
  ]);
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1'))), ['r1 0 1 1', 'r2 2 2 1', 'r3 1 4 1']);
});

test('LB-9: weights go to the targets in proportion, rounded up; what no target claims is emptied', () => {
  const groups = [
    group('r1/z1', endpoint(1)),
    group('r1/z2', endpoint(2)),
    group('r2/z1', endpoint(5)),
    group('r3/z1'),
  ];
  const rule = setting({ distribute: [{ from: 'r1/*', to: { 'r1/*': 70, 'r2/z1': 30 } }] });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1/z1'))), [
    'r1/z1 0 24 1',
    'r1/z2 0 47 1',
    'r2/z1 0 30 1',
    'r3/z1 0 1 0',
  ]);
});

test('LB-9: a locality is claimed by its most specific target, whatever order the targets are written in', () => {
  const groups = [group('r1/z1'), group('r1/z2')];
  for (const to of [
    { 'r1/*': 20, 'r1/z1': 80 },
    { 'r1/z1': 80, 'r1/*': 20 },
  ]) {
    const rule = setting({ distribute: [{ from: 'r1', to }] });
    assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1/z1'))), ['r1/z1 0 80 1', 'r1/z2 0 20 1']);
  }
});

test('LB-9: the first entry for the client’s locality counts, and without one nothing changes', () => {
  const groups = [group('r1/z1'), group('r2/z1')];
  const rule = setting({
    distribute: [
      { from: 'r1/z9', to: { 'r2/*': 100 } },
      { from: 'r1/*', to: { 'r1/*': 100 } },
    ],
  });
  assert.deepEqual(shown(balanceLocalities(groups, rule, client('r1/z1'))), ['r1/z1 0 100 1', 'r2/z1 0 1 0']);
  assert.deepEqual(balanceLocalities(groups, rule, client('r5')), groups);
});

test('LB-10: localities are weighted only where somebody asked for it', () => {
  const failover = [{ from: 'a', to: 'b' }];
  for (const [rule, expected] of [
    [undefined, false],
    [setting({}), false],
    [setting({ failover }), true],
    [setting({ failover }, false), false],
    [setting({ failoverPriority: ['x'] }), true],
    [setting({ distribute: [{ from: '*', to: { '*': 100 } }] }, false), true],
  ] as const) {
    assert.equal(localityUse(rule).type === 'weighted', expected, JSON.stringify(rule));
  }
});

test('EP-9: weights are summed up to what 32 bits hold', () => {
  assert.equal(totalWeight([endpoint(4_294_967_295), endpoint(5)]), 4_294_967_295);
});

test('LB-3: with weights by locality there are no priorities, whatever else is written', () => {
  const groups = ['r1/z1', 'r2/z1'].map((locality) => group(locality));
  const both = setting({
    distribute: [{ from: '*', to: { 'r1/*': 80, 'r2/*': 20 } }],
    failover: [{ from: 'r1', to: 'r2' }],
    failoverPriority: ['app'],
  });
  assert.deepEqual(shown(balanceLocalities(groups, both, client('r1/z1', { app: 'a' }))), [
    'r1/z1 0 80 1',
    'r2/z1 0 20 1',
  ]);
});

test('LB-12: a service that asks clients to stay near ranks by network, region and zone, and by machine, without ejection', () => {
  const place = (zone: string, host: string): Labels => ({
    'topology.istio.io/network': 'n',
    'topology.kubernetes.io/region': 'r',
    'topology.kubernetes.io/zone': zone,
    'topology.istio.io/subzone': '',
    'kubernetes.io/hostname': host,
  });
  const groups = [
    group('r/z1', endpoint(1, place('z1', 'a')), endpoint(1, place('z1', 'b'))),
    group('r/z2', endpoint(1, place('z2', 'c'))),
  ];
  const ranks = (trafficDistribution: 'same-zone' | 'same-node') =>
    shown(
      balanceLocalities(
        groups,
        localityRule({}, { trafficDistribution }, meshDefaults()),
        client('r/z1', place('z1', 'a')),
      ),
    );
  assert.deepEqual(ranks('same-zone'), ['r/z1 0 2 2', 'r/z2 1 1 1']);
  assert.deepEqual(ranks('same-node'), ['r/z1 0 1 1', 'r/z1 1 1 1', 'r/z2 2 1 1']);
  assert.deepEqual(DISTRIBUTION_LABELS['same-zone'].length, 3);
  assert.deepEqual(DISTRIBUTION_LABELS['same-node'].slice(0, 3), DISTRIBUTION_LABELS['same-zone']);
});
