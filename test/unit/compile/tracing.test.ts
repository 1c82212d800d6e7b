import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tracing } from '../../../lib/compile/tracing.ts';
import { encodeTracing } from '../../../lib/envoy/tracing.ts';
import type { TracingIr } from '../../../lib/ir/tracing.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';
import { listenedView } from '../../support/proxy-view.ts';

const worldOf = (meshConfig: string) =>
  buildWorld(
    unadmittedResourcesOf(
      `{ apiVersion: pilotless.dev/v1, kind: Mesh, metadata: { name: default }, spec: { meshConfig: ${meshConfig} } }`,
    ),
  ).value;

function tracingOf(meshConfig: string, node: Partial<TestNode> = {}): TracingIr | undefined {
  const world = worldOf(meshConfig);
  const facts = viewFacts(world, proxyFacts({ type: 'sidecar', profile: 'istio-proxy', ...node }));
  return tracing(listenedView({ mesh: world.mesh, facts }));
}

const textTags = (ir: TracingIr | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (ir?.tags ?? []).flatMap(({ name, value }) => (value.from === 'text' ? [[name, value.text]] : [])),
  );

test('one request of a hundred is traced without a provider, unless the mesh switches tracing off', () => {
  assert.equal(tracingOf('{}')?.randomSampling, 1);
  assert.equal(tracingOf('{ enableTracing: false }'), undefined);
});

test('a stock Envoy has no tracer in its bootstrap, so it traces nothing', () => {
  assert.equal(tracingOf('{}', { profile: 'envoy' }), undefined);
});

describe('how much is traced', () => {
  const cases: readonly [string, number][] = [
    ['0', 1],
    ['12.5', 12.5],
    ['100', 100],
    ['101', 1],
  ];
  for (const [written, expected] of cases)
    test(`sampling ${written}`, () => {
      const ir = tracingOf(`{ defaultConfig: { tracing: { sampling: ${written} } } }`);
      assert.equal(ir?.randomSampling, expected);
    });
});

describe('what spans say', () => {
  test('the workload, as far as its proxy says who it is', () => {
    assert.deepEqual(textTags(tracingOf('{}', { namespace: '', metadata: {} })), {
      'istio.canonical_revision': 'latest',
      'istio.canonical_service': 'unknown',
      'istio.cluster_id': 'unknown',
      'istio.mesh_id': 'unknown',
      'istio.namespace': 'default',
    });
    const labels = { 'service.istio.io/canonical-name': 'pay', 'service.istio.io/canonical-revision': 'v2' };
    const said = { namespace: 'shop', clusterId: 'c1', labels, metadata: { MESH_ID: 'm1' } };
    assert.deepEqual(textTags(tracingOf('{}', said)), {
      'istio.canonical_revision': 'v2',
      'istio.canonical_service': 'pay',
      'istio.cluster_id': 'c1',
      'istio.mesh_id': 'm1',
      'istio.namespace': 'shop',
    });
  });

  test('tags of the mesh stand among the others, by name', () => {
    const custom = '{ b: { literal: { value: x } }, a: { environment: { name: E, defaultValue: y } }, c: {} }';
    const own = tracingOf(`{ defaultConfig: { tracing: { enableIstioTags: false, customTags: ${custom} } } }`);
    assert.deepEqual(own?.tags, [
      { name: 'a', value: { from: 'environment', name: 'E', fallback: 'y' } },
      { name: 'b', value: { from: 'text', text: 'x' } },
    ]);
    const all = tracingOf('{ defaultConfig: { tracing: { customTags: { istio.d: { header: { name: h } } } } } }');
    const names = all?.tags.map(({ name }) => name) ?? [];
    assert.deepEqual(names, [...names].sort());
    assert.equal(names.length, 10);
  });
});

test('a workload’s name splits views only where spans carry it', () => {
  const keys = (meshConfig: string, profile: TestNode['profile'] & string): number => {
    const world = worldOf(meshConfig);
    const of = (name: string): string =>
      viewKey(
        viewFacts(world, proxyFacts({ type: 'sidecar', profile, labels: { 'service.istio.io/canonical-name': name } })),
      );
    return new Set([of('a'), of('b')]).size;
  };
  assert.equal(keys('{}', 'istio-proxy'), 2);
  assert.equal(keys('{}', 'envoy'), 1);
  assert.equal(keys('{ enableTracing: false }', 'istio-proxy'), 1);
});

test('as Envoy wants it written', () => {
  const tags: TracingIr['tags'] = [
    { name: 'a', value: { from: 'text', text: 'x' } },
    { name: 'b', value: { from: 'environment', name: 'E', fallback: '' } },
    { name: 'c', value: { from: 'header', name: 'h', fallback: 'y' } },
    { name: 'd', value: { from: 'request-metadata', filter: 'f', key: 'k' } },
  ];
  assert.deepEqual(encodeTracing({ randomSampling: 0.5, tags, maxPathLength: 64 }), {
    clientSampling: { value: 100 },
    randomSampling: { value: 0.5 },
    overallSampling: { value: 100 },
    maxPathTagLength: 64,
    customTags: [
      { tag: 'a', literal: { value: 'x' } },
      { tag: 'b', environment: { name: 'E' } },
      { tag: 'c', requestHeader: { name: 'h', defaultValue: 'y' } },
      { tag: 'd', metadata: { kind: { request: {} }, metadataKey: { key: 'f', path: [{ key: 'k' }] } } },
    ],
  });
});
