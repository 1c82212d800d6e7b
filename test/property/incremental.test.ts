import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildResources } from '../../lib/control/build/build-snapshot.ts';
import { pieceMemory } from '../../lib/control/build/piece-memory.ts';
import { sealedBuild } from '../../lib/control/build/seal-view.ts';
import { viewNotes } from '../../lib/control/build/view-notes.ts';
import { sealResource } from '../../lib/snapshot/sealed-resource.ts';
import { viewFacts, viewKey } from '../../lib/view/view-facts.ts';
import { runMemory } from '../../lib/base/recall.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { arbitraryProxies, arbitraryRevisions } from '../support/arbitrary-edits.ts';
import { proxyFacts } from '../support/proxy-facts.ts';

test('BLD-4, PCTX-4, IMP-1: after any edits a build with memory gives the bytes and the issues of a build from nothing', () => {
  fc.assert(
    fc.property(arbitraryRevisions, arbitraryProxies, (revisions, proxies) => {
      const build = sealedBuild(pieceMemory({ verifiesHits: true })); // XC-15
      const [worlds, notesFor] = [runMemory(), viewNotes()];
      for (const [index, documents] of revisions.entries()) {
        const world = worlds.run((recall) => buildWorld(documents, {}, recall).value);
        const newWorld = buildWorld(documents).value;
        for (const node of proxies) {
          const facts = viewFacts(world, proxyFacts(node));
          const plain = buildResources(newWorld, viewFacts(newWorld, proxyFacts(node)));
          const key = viewKey(facts);
          const built = build({ world, revision: index + 1 }, { key, facts });
          const { value: lists, issues } = built;
          assert.deepEqual(Object.values(lists).flat(), plain.value.map(sealResource));
          assert.deepEqual(issues, plain.issues);
          assert.deepEqual(notesFor({ key, ...built }), viewNotes()({ key, ...built }));
        }
      }
    }),
    { numRuns: 300 },
  );
});
