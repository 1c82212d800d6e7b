import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMemory } from '../../../lib/base/recall.ts';
import { type PieceCounts, pieceMemory } from '../../../lib/control/build/piece-memory.ts';
import { viewSealer } from '../../../lib/control/build/seal-view.ts';
import type { XdsType } from '../../../lib/envoy/envoy-resource.ts';
import type { Sealed } from '../../../lib/snapshot/snapshot.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { resourcesOf } from '../../support/documents.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';

const service = (name: string, { address = '10.1.0.1', exportTo = '*', port = 80 } = {}): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name} }
spec:
  hosts: [${name}.example]
  exportTo: ['${exportTo}']
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${port}, name: http, protocol: HTTP }]
  endpoints: [{ address: ${address} }]
---`;
const policy = (name: string, trafficPolicy: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name} }
spec:
  host: ${name}.example
  trafficPolicy: ${trafficPolicy}
  subsets: [{ name: v1, labels: { version: v1 } }]
---`;
const route = (name: string, prefix: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec:
  hosts: [${name}.example]
  http: [{ match: [{ uri: { prefix: ${prefix} } }], route: [{ destination: { host: ${name}.example } }] }]
---`;
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const POOL = '{ connectionPool: { tcp: { maxConnections: 7 } } }';
const mesh = (edit: Partial<Record<'a' | 'policy' | 'route', string>> = {}): string =>
  [
    edit.a ?? service('a'),
    ...NAMES.slice(1).map((name) => service(name)),
    edit.policy ?? policy('a', POOL),
    ...NAMES.slice(1).map((name) => policy(name, POOL)),
    edit.route ?? route('a', '/one'),
    ...NAMES.slice(1).map((name) => route(name, '/one')),
  ].join('\n');

/** A process that builds revision after revision for some proxies, and what each build had to make. */
function buildingProcess(nodes: readonly TestNode[]) {
  const pieces = pieceMemory({ verifiesHits: true });
  const [sealView, worlds] = [viewSealer(pieces), runMemory()];
  let revision = 0;
  return (text: string): { readonly sealed: readonly Sealed[]; readonly made: Readonly<Record<string, number>> } => {
    revision += 1;
    const before = pieces.counts();
    const world = worlds.run((recall) => buildWorld(resourcesOf(text), {}, recall).value);
    const sealed = nodes.map((node) => {
      const facts = viewFacts(world, proxyFacts(node));
      return sealView({ world, revision }, { key: viewKey(facts), facts }).sealed;
    });
    return { sealed, made: missesSince(before, pieces.counts()) };
  };
}

function missesSince(
  before: Readonly<Record<string, PieceCounts>>,
  after: Readonly<Record<string, PieceCounts>>,
): Readonly<Record<string, number>> {
  const misses = Object.entries(after).map(
    ([kind, counts]) => [kind, counts.misses - (before[kind]?.misses ?? 0)] as const,
  );
  return Object.fromEntries(misses.filter(([, count]) => count > 0));
}

function changedTypes(before: Sealed | undefined, after: Sealed | undefined): readonly XdsType[] {
  assert.ok(before && after);
  return (Object.keys(after.tables) as XdsType[]).filter((type) => before.tables[type] !== after.tables[type]);
}

const sidecar: TestNode = { type: 'sidecar' };

test('BLD-3: the first build makes a piece of every kind for every service, and the same again makes none', () => {
  const build = buildingProcess([sidecar]);
  const first = build(mesh());
  assert.deepEqual(first.made, { 'service-clusters': 5, 'own-clusters': 1, 'service-endpoints': 5, 'table-routes': 5 });
  const again = build(mesh());
  assert.deepEqual(again.made, {});
  assert.equal(again.sealed[0], first.sealed[0]);
});

const edits: readonly [
  title: string,
  text: string,
  made: Readonly<Record<string, number>>,
  types: readonly XdsType[],
][] = [
  [
    'an endpoint makes that service’s endpoints',
    mesh({ a: service('a', { address: '10.1.0.2' }) }),
    { 'service-endpoints': 1 },
    ['endpoints'],
  ],
  [
    'a pool makes that service’s clusters',
    mesh({ policy: policy('a', '{ connectionPool: { tcp: { maxConnections: 8 } } }') }),
    { 'service-clusters': 1 },
    ['clusters'],
  ],
  [
    'a hash key makes that service’s clusters and the routes that lead to it',
    mesh({ policy: policy('a', '{ loadBalancer: { consistentHash: { httpHeaderName: x } } }') }),
    { 'service-clusters': 1, 'service-endpoints': 1, 'table-routes': 1 },
    ['clusters', 'routes'],
  ],
  ['a route makes that table’s routes', mesh({ route: route('a', '/two') }), { 'table-routes': 1 }, ['routes']],
  [
    'a port makes that service’s pieces, and what its table says there',
    mesh({ a: service('a', { port: 81 }) }),
    { 'service-clusters': 1, 'service-endpoints': 1, 'table-routes': 1 },
    ['clusters', 'endpoints', 'listeners', 'routes'],
  ],
];
for (const [title, text, made, types] of edits) {
  test(`BLD-3, PCTX-15, IMP-1: an edit of ${title}`, () => {
    const build = buildingProcess([sidecar]);
    const [before] = build(mesh()).sealed;
    const edited = build(text);
    assert.deepEqual(edited.made, made);
    assert.deepEqual(changedTypes(before, edited.sealed[0]), types);
  });
}

test('BLD-3, VIEW-2: views that differ in nothing that a piece looks at share it', () => {
  const build = buildingProcess([sidecar, { type: 'sidecar', namespace: 'other', locality: 'eu/a' }]);
  assert.deepEqual(build(mesh()).made, {
    'service-clusters': 5,
    'own-clusters': 1,
    'service-endpoints': 5,
    'table-routes': 5,
  });
});

test('IMP-2, BLD-3, PCTX-14: an edit that a view cannot see leaves its snapshot the very same', () => {
  const build = buildingProcess([sidecar, { type: 'sidecar', namespace: 'other' }]);
  const hidden = (address: string): string => `${mesh()}\n${service('hidden', { address, exportTo: '.' })}`;
  const [own, other] = build(hidden('10.2.0.1')).sealed;
  const after = build(hidden('10.2.0.2'));
  assert.equal(after.sealed[1], other);
  assert.notEqual(after.sealed[0]?.manifestHash, own?.manifestHash);
  assert.deepEqual(after.made, { 'service-endpoints': 1 });
});

test('IMP-2: labels and annotations that nothing looks at change no snapshot', () => {
  const build = buildingProcess([sidecar]);
  const [before] = build(mesh()).sealed;
  const noted = service('a').replace('{ name: a }', '{ name: a, annotations: { note: hello } }');
  assert.equal(build(mesh({ a: noted })).sealed[0]?.manifestHash, before?.manifestHash);
});

test('CL-16: an edit makes the clusters that it touches, and those of a host or a subset that went are in the list no more', () => {
  const build = buildingProcess([sidecar]);
  const clusters = (text: string) => {
    const { sealed, made } = build(text);
    return { made, byName: new Map(sealed[0]?.resources.clusters.map(({ name, hash }) => [name, hash])) };
  };
  type Clusters = ReturnType<typeof clusters>;
  const edited = ({ byName: before }: Clusters, { byName: after }: Clusters) => ({
    changed: [...before.keys()].filter((name) => after.has(name) && before.get(name) !== after.get(name)),
    gone: [...before.keys()].filter((name) => !after.has(name)),
  });
  const before = clusters(mesh());
  const pooled = clusters(mesh({ policy: policy('a', '{ connectionPool: { tcp: { maxConnections: 8 } } }') }));
  const ofA = ['outbound|80|v1|a.example', 'outbound|80||a.example'];
  assert.deepEqual(edited(before, pooled), { changed: ofA, gone: [] });
  assert.deepEqual(pooled.made, { 'service-clusters': 1 });
  const lessened = clusters(mesh({ policy: policy('a', POOL).replace(/ {2}subsets.*\n/, '') }));
  assert.deepEqual(edited(before, lessened), { changed: [], gone: ['outbound|80|v1|a.example'] });
  assert.deepEqual(edited(before, clusters(mesh({ a: '---' }))), { changed: [], gone: ofA });
  const slower = `${mesh()}
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { connectTimeout: 3s } }
`;
  const outbound = (names: Iterable<string>): readonly string[] =>
    [...names].filter((name) => name.startsWith('outbound'));
  assert.deepEqual(outbound(edited(before, clusters(slower)).changed), outbound(before.byName.keys()));
});
