import assert from 'node:assert/strict';
import { test } from 'node:test';
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
