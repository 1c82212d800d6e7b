import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runMemory } from '../../lib/base/recall.ts';
import { keyOf, type Resource, type ResourceKey } from '../../lib/resources/resource.ts';
import { buildWorld, type World } from '../../lib/world/world.ts';
import { arbitraryDocuments } from '../support/arbitrary-documents.ts';
import { arbitraryVirtualServices } from '../support/arbitrary-routes.ts';
import { resourcesOf } from '../support/documents.ts';

/** Documents that are written over those of the same keys, or whose keys are taken out. */
const arbitraryEdit = fc.record({
  documents: fc.oneof(arbitraryDocuments, arbitraryVirtualServices),
  isRemoval: fc.boolean(),
});

type Documents = ReadonlyMap<ResourceKey, Resource>;

function edited(before: Documents, documents: readonly Resource[], isRemoval = false): Documents {
  const after = new Map(before);
  for (const document of documents) {
    if (isRemoval) after.delete(keyOf(document));
    else after.set(keyOf(document), document);
  }
  return after;
}

test('PCTX-3, PCTX-4, BLD-4: a world that remembers the one before equals a world from nothing, for any edits', () => {
  fc.assert(
    fc.property(fc.array(arbitraryEdit, { minLength: 1, maxLength: 6 }), (edits) => {
      const memory = runMemory();
      let documents: Documents = new Map();
      for (const { documents: some, isRemoval } of edits) {
        documents = edited(documents, some, isRemoval);
        const all = [...documents.values()];
        assert.deepEqual(
          memory.run((recall) => buildWorld(all, {}, recall)),
          buildWorld(all),
        );
      }
    }),
    { numRuns: 300 },
  );
});

const serviceEntry = (name: string, address: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name} }
spec:
  hosts: [${name}.example]
  resolution: STATIC
  location: MESH_INTERNAL
  ports: [{ number: 80, name: http, protocol: HTTP }]
  ${address === '' ? 'workloadSelector: { labels: { app: chosen } }' : `endpoints: [{ address: ${address} }]`}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name} }
spec: { host: ${name}.example, trafficPolicy: { loadBalancer: { simple: RANDOM } } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec: { hosts: [${name}.example], http: [{ timeout: 1s, route: [{ destination: { host: ${name}.example } }] }] }
`;
const workload = (name: string, app: string, weight: number): string => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name} }
spec: { address: 10.0.1.${weight}, weight: ${weight}, labels: { app: ${app} } }
`;
const base = [
  serviceEntry('a', '10.0.0.1'),
  serviceEntry('b', '10.0.0.2'),
  serviceEntry('c', ''),
  workload('w', 'chosen', 1),
].join('---');

/** The world of the base and the world after an edit of it, the second with the memory of the first. */
function worldsAround(text: string): readonly [World, World] {
  const memory = runMemory();
  const before = edited(new Map(), resourcesOf(base));
  const after = edited(before, resourcesOf(text));
  const build = (documents: Documents): World =>
    memory.run((recall) => buildWorld([...documents.values()], {}, recall).value);
  return [build(before), build(after)];
}

test('BLD-3: an edit of one service leaves all others the very same objects', () => {
  const [before, after] = worldsAround(serviceEntry('a', '10.0.0.9').split('---')[0] ?? '');
  const changed = [...before.endpoints].filter(([key, endpoints]) => after.endpoints.get(key) !== endpoints);
  assert.deepEqual(
    changed.map(([key]) => key),
    ['default/a.example'],
  );
  assert.equal(after.services, before.services);
  assert.equal(after.routeTables, before.routeTables);
  assert.equal(after.selectedLabels, before.selectedLabels);
});

test('BLD-3: a workload changes the endpoints of the services that select it, and no service', () => {
  const [before, after] = worldsAround(workload('w', 'chosen', 2));
  assert.equal(after.services, before.services);
  const changed = [...before.endpoints].filter(([key, endpoints]) => after.endpoints.get(key) !== endpoints);
  assert.deepEqual(
    changed.map(([key]) => key),
    ['default/c.example'],
  );
});

test('BLD-3: a workload that nothing selects changes nothing', () => {
  const [before, after] = worldsAround(workload('other', 'stranger', 3));
  assert.equal(after.services, before.services);
  assert.ok([...before.endpoints].every(([key, endpoints]) => after.endpoints.get(key) === endpoints));
});

test('BLD-3: a policy changes the policies of its host alone', () => {
  const [before, after] = worldsAround(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: b }
spec: { host: b.example, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }
`);
  const policies = ({ trafficPolicies }: World, host: string): unknown =>
    trafficPolicies.local.get('default')?.exact.get(host);
  assert.equal(policies(after, 'a.example'), policies(before, 'a.example'));
  assert.notEqual(policies(after, 'b.example'), policies(before, 'b.example'));
  assert.equal(after.services, before.services);
});
