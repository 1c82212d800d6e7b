import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildResources } from '../../lib/control/build-snapshot.ts';
import { pieceMemory } from '../../lib/control/piece-memory.ts';
import { sealedBuild } from '../../lib/control/seal-view.ts';
import { sealResource } from '../../lib/snapshot/sealed-resource.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { arbitraryNode } from '../support/arbitrary-documents.ts';
import { arbitraryRevisions } from '../support/arbitrary-edits.ts';
import { proxyFacts } from '../support/proxy-facts.ts';

const nodes = fc.array(arbitraryNode, { minLength: 1, maxLength: 3 });

test('BLD-4, PCTX-4, IMP-1: after any edits a build with memory gives the bytes and the issues of a build from nothing', () => {
  fc.assert(
    fc.property(arbitraryRevisions, nodes, (revisions, proxies) => {
      const build = sealedBuild(pieceMemory({ verifiesHits: true })); // XC-15
      for (const [index, documents] of revisions.entries()) {
        const world = buildWorld(documents).value;
        for (const node of proxies) {
          const facts = viewFacts(world, proxyFacts(node));
          const plain = buildResources(world, facts);
          const { value: lists, issues } = build({ world, revision: index + 1 }, facts);
          assert.deepEqual(Object.values(lists).flat(), plain.value.map(sealResource));
          assert.deepEqual(issues, plain.issues);
        }
      }
    }),
    { numRuns: 300 },
  );
});
