import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeBuild } from '../../../../lib/control/offline/time-build.ts';
import { resourcesOf } from '../../../support/documents.ts';
import { proxyFacts } from '../../../support/proxy-facts.ts';

const build = {
  facts: proxyFacts({ type: 'sidecar' }),
  resources: resourcesOf(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: reviews }
spec:
  hosts: [reviews.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [{ address: 10.0.0.9 }]
`),
};

test('every stage and type has the median of its laps, the total is that of the stages', () => {
  // The clock moves by the same step between any two looks, but for one build of the warm-up and one that counts.
  let [now, looks] = [0, 0];
  const nowNs = (): number => {
    looks += 1;
    const isSlowBuild = looks <= 16 || (looks > 64 && looks <= 80);
    return (now += isSlowBuild ? 1_000 : 5);
  };
  const { ns } = timeBuild(build, { iterations: 3, nowNs, liveHeapBytes: () => 0 });
  const { total, ...laps } = ns;
  assert.deepEqual(Object.keys(laps), [
    ...['world', 'view', 'compile', 'encode'],
    ...['clusters', 'listeners', 'routes', 'endpoints'],
  ]);
  assert.deepEqual(new Set(Object.values(laps)), new Set([5]));
  assert.equal(total, 20);
});

test('resources and bytes are those that a proxy would be sent, and the heap is what a build adds to it', () => {
  let used = 100;
  const liveHeapBytes = (): number => (used += 11);
  const { bytes, resources, heapBytes } = timeBuild(build, { iterations: 1, nowNs: () => 0, liveHeapBytes });
  assert.equal(resources['endpoints'], 1);
  assert.ok((bytes['endpoints'] ?? 0) > JSON.stringify({ address: '10.0.0.9' }).length);
  for (const sums of [bytes, resources]) {
    const { total, ...each } = sums;
    assert.equal(
      total,
      Object.values(each).reduce((sum, value) => sum + value, 0),
    );
  }
  assert.equal(heapBytes, 11);
});
