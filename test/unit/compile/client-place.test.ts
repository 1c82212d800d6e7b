import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMemory } from '../../../lib/base/stage-memory.ts';
import { clusterSubjects } from '../../../lib/compile/cluster-subjects.ts';
import { lineOfResources } from '../../support/line.ts';
import { resourcesOf } from '../../support/documents.ts';

const mesh = resourcesOf(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: shop }
spec:
  hosts: [shop.test]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  location: MESH_INTERNAL
  endpoints:
    - { address: 10.0.0.1, labels: { version: v1 } }
    - { address: 10.0.0.2, labels: { version: v2 } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop }
spec:
  host: shop.test
  trafficPolicy:
    outlierDetection: { consecutive5xxErrors: 5 }
    loadBalancer: { localityLbSetting: { failoverPriority: ['version=v1'] } }
`);

test('LB-6, LB-8: a literal value ranks endpoints for every client that has labels, whatever they are', () => {
  for (const [labels, priorities] of [
    [{ app: 'front' }, [0, 1]],
    [{}, [0]],
  ] as const) {
    const { ir } = lineOfResources(mesh, { type: 'sidecar', labels });
    const groups = ir.endpoints.find(({ name }) => name === 'outbound|80||shop.test')?.groups ?? [];
    assert.deepEqual(
      groups.map(({ priority }) => priority),
      priorities,
      JSON.stringify(labels),
    );
  }
});

test('LB-13: of a client’s labels only those by which failover ranks are in the argument of endpoints', () => {
  const ranked = mesh.map((document) =>
    document.kind === 'DestinationRule'
      ? resourcesOf(JSON.stringify(rankedBy(document, ['app', 'tier=db'])))[0]
      : document,
  );
  const documents = ranked.flatMap((document) => document ?? []);
  const placeOf = (labels: Readonly<Record<string, string>>) => {
    const { view } = lineOfResources(documents, { type: 'sidecar', labels });
    const subjects = clusterSubjects(view, noMemory);
    return view.services.map((visible) => subjects.endpoints(visible).place)[0];
  };
  assert.deepEqual(placeOf({ app: 'a', tier: 'web', owner: 'b' })?.selectedLabels, { app: 'a' });
  assert.deepEqual(placeOf({ app: 'a', tier: 'db' }), placeOf({ app: 'a', owner: 'c' }));
});

const rankedBy = (document: object, failoverPriority: readonly string[]): object => ({
  ...document,
  spec: {
    host: 'shop.test',
    trafficPolicy: {
      outlierDetection: { consecutive5xxErrors: 5 },
      loadBalancer: { localityLbSetting: { failoverPriority } },
    },
  },
});
