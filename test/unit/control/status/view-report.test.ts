import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieceMemory } from '../../../../lib/control/build/piece-memory.ts';
import { viewSealer } from '../../../../lib/control/build/seal-view.ts';
import { reportBlobs, reportSealer } from '../../../../lib/control/status/view-report.ts';
import type { ViewKey } from '../../../../lib/view/proxy-view.ts';
import { viewFacts } from '../../../../lib/view/view-facts.ts';
import { buildWorld } from '../../../../lib/world/world.ts';
import { resourcesOf } from '../../../support/documents.ts';
import { proxyFacts } from '../../../support/proxy-facts.ts';

const mesh = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: shop }
spec:
  hosts: [shop.test]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  workloadSelector: { labels: { app: shop } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: one }
spec: { address: 10.0.0.2, labels: { app: shop } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop }
spec: { host: shop.test, subsets: [{ name: v1 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop }
spec:
  hosts: [shop.test]
  http: [{ route: [{ destination: { host: shop.test, subset: v1 } }] }]
---
`;

/** What a build of the documents finds out about one sidecar's view. */
function notesOf(documents: string) {
  const world = buildWorld(resourcesOf(documents)).value;
  const facts = viewFacts(world, proxyFacts({ type: 'sidecar', id: 'client' }));
  return viewSealer(pieceMemory())({ world, revision: 1 }, { key: 'view' as ViewKey, facts }).notes;
}

const all = 'outbound|80||shop.test';
const v1 = 'outbound|80|v1|shop.test';

test('PS-5: a view tells for each document which of its resources it had a part in', () => {
  const made = Object.fromEntries([...notesOf(mesh).sources].map(([key, names]) => [key, [...names].sort()]));
  const clusters = [`clusters/${v1}`, `clusters/${all}`];
  const endpoints = [`endpoints/${v1}`, `endpoints/${all}`];
  assert.deepEqual(made['WorkloadEntry/default/one'], endpoints);
  assert.deepEqual(made['DestinationRule/default/shop'], [...clusters, ...endpoints, 'routes/80']);
  assert.deepEqual(made['VirtualService/default/shop'], ['routes/80']);
  assert.deepEqual(
    made['ServiceEntry/default/shop']?.filter((name) => !name.startsWith('listeners/')),
    [...clusters, ...endpoints, 'routes/80'],
  );
});

test('ST-9: a route to a subset or a host that is not there is told of on the document that has it', () => {
  assert.deepEqual(notesOf(mesh).issues, []);
  const wrong = notesOf(mesh.replace('subset: v1', 'subset: v9'));
  assert.deepEqual(
    wrong.issues.map(({ code, resource, message }) => [code, resource, message.split(',')[0]]),
    [['SUBSET_NOT_FOUND', 'VirtualService/default/shop', 'leads to subset v9 of shop.test']],
  );
  const unknown = notesOf(
    mesh.replace('destination: { host: shop.test, subset: v1 }', 'destination: { host: gone.test }'),
  );
  assert.deepEqual(
    unknown.issues.map(({ code, message }) => [code, message.split(',')[0]]),
    [['DESTINATION_NOT_FOUND', 'leads to port 80 of gone.test']],
  );
});

test('BLD-3: one more document writes one part of a report and its root', () => {
  const sealer = reportSealer();
  const sourcesOf = (count: number) =>
    new Map(Array.from({ length: count }, (_, index) => [`Service/default/${index}`, new Set([`clusters/${index}`])]));
  const before = sealer.seal('view' as ViewKey, { issues: [], sources: sourcesOf(500) });
  const after = sealer.seal('view' as ViewKey, { issues: [], sources: sourcesOf(501) });
  assert.equal(before.root.shards.length, 8);
  assert.equal(reportBlobs(after, before.root).length, 2);
  assert.equal(sealer.seal('view' as ViewKey, { issues: [], sources: sourcesOf(501) }).hash, after.hash);
});
