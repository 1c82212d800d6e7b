import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../lib/base/hashing.ts';
import { buildResources } from '../../lib/control/build/build-snapshot.ts';
import type { EnvoyResource } from '../../lib/envoy/envoy-resource.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { buildProxyView } from '../../lib/view/build-proxy-view.ts';
import { viewFacts, viewKey } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { arbitraryDocuments, arbitraryNode } from '../support/arbitrary-documents.ts';
import { proxyFacts, type TestNode } from '../support/proxy-facts.ts';

function resources(documents: readonly Resource[], node: TestNode): readonly EnvoyResource[] {
  const world = buildWorld(documents).value;
  return buildResources(world, viewFacts(world, proxyFacts(node))).value;
}
const bytes = (found: readonly EnvoyResource[]): string => canonicalJson(found);

test('G-5: the order of documents does not matter', () => {
  const shuffled = arbitraryDocuments.chain((documents) =>
    fc.tuple(fc.constant(documents), fc.shuffledSubarray([...documents], { minLength: documents.length })),
  );
  fc.assert(
    fc.property(shuffled, arbitraryNode, ([documents, others], node) => {
      assert.equal(bytes(resources(others, node)), bytes(resources(documents, node)));
    }),
  );
});

test('VIEW-1, VIEW-3: what the view leaves out of a proxy’s facts changes nothing that it is given', () => {
  fc.assert(
    fc.property(arbitraryDocuments, arbitraryNode, (documents, node) => {
      const world = buildWorld(documents).value;
      const proxy = proxyFacts(node);
      const facts = viewFacts(world, proxy);
      const whole = { ...facts, selectedLabels: proxy.labels, locality: proxy.locality };
      assert.equal(bytes(buildResources(world, whole).value), bytes(buildResources(world, facts).value));
    }),
    { numRuns: 1000 }, // a selector, its service and a proxy that it takes meet in few of the worlds
  );
});

test('VIEW-3: two proxies of one view are given the same', () => {
  fc.assert(
    fc.property(arbitraryDocuments, arbitraryNode, arbitraryNode, (documents, one, two) => {
      const world = buildWorld(documents).value;
      const [a, b] = [one, two].map((node) => viewFacts(world, proxyFacts(node)));
      if (a === undefined || b === undefined || viewKey(a) !== viewKey(b)) return;
      assert.equal(bytes(buildResources(world, a).value), bytes(buildResources(world, b).value));
    }),
  );
});

/** Whether a document's `exportTo` lets a namespace see it, told from the text alone. */
function isExported({ metadata, spec }: Resource, viewer: string): boolean {
  const written = 'exportTo' in spec ? (spec.exportTo ?? []) : [];
  if (written.length === 0 || written.includes('*')) return true;
  if (written.includes('~')) return false;
  return written.some((value) => (value === '.' ? metadata.namespace : value) === viewer);
}

test('SR-7, DR-18: a view never contains what exportTo hides', () => {
  fc.assert(
    fc.property(arbitraryDocuments, arbitraryNode, (documents, node) => {
      const world = buildWorld(documents).value;
      const proxy = proxyFacts(node);
      const { services } = buildProxyView(world, viewFacts(world, proxy)).value;
      const byKey = new Map(
        documents.map((each) => [`${each.kind}/${each.metadata.namespace}/${each.metadata.name}`, each]),
      );
      for (const { service, policy } of services) {
        for (const source of [service.source, ...(policy?.from.slice(0, 1) ?? [])]) {
          const document = byKey.get(source);
          assert.ok(document, source);
          const isOwn = document.kind === 'DestinationRule' && 'workloadSelector' in document.spec;
          assert.ok(
            isOwn ? document.metadata.namespace === proxy.namespace : isExported(document, proxy.namespace),
            source,
          );
        }
      }
    }),
  );
});

test('EP-2: every cluster by EDS has exactly one load assignment, and no other exists; names are unique', () => {
  fc.assert(
    fc.property(arbitraryDocuments, arbitraryNode, (documents, node) => {
      const found = resources(documents, node);
      const names = (type: EnvoyResource['type']): readonly string[] =>
        found.filter((each) => each.type === type).map(({ name }) => name);
      const clusters = names('clusters');
      assert.equal(new Set(clusters).size, clusters.length);
      const byEds = found.filter(({ type, body }) => type === 'clusters' && body['type'] === 'EDS');
      assert.deepEqual(
        names('endpoints'),
        byEds.map(({ name }) => name),
      );
    }),
  );
});

test('LB-5: the priorities of a load assignment that has any are 0, 1, 2, …', () => {
  fc.assert(
    fc.property(arbitraryDocuments, arbitraryNode, (documents, node) => {
      for (const { type, body } of resources(documents, node)) {
        if (type !== 'endpoints') continue;
        const groups = (body['endpoints'] ?? []) as readonly { readonly priority?: number }[];
        const used = [...new Set(groups.map(({ priority = 0 }) => priority))].sort((a, b) => a - b);
        assert.deepEqual(used, [...used.keys()]);
      }
    }),
  );
});
