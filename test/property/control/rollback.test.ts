import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashOf } from '../../../lib/base/hashing.ts';
import { newestState, stateAt } from '../../../lib/control/config/config-store.ts';
import { diffRevisions } from '../../../lib/control/config/diff-revisions.ts';
import { existingObjects } from '../../../lib/control/config/existing-objects.ts';
import { rollback } from '../../../lib/control/config/rollback.ts';
import { parseLabelSelector } from '../../../lib/base/label-selector.ts';
import { applied, documents, virtualService } from '../../support/apply.ts';
import { testStore } from '../../support/config-store.ts';

const everything = parseLabelSelector('kept!=always');
/** The whole content after a step: names with hosts; what is not in it is pruned. */
const content = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('x', 'y', 'z'), {
  minKeys: 1,
  noNullPrototype: true,
});

test('STO-7, STO-6: a rollback has the tree of the old revision, and what it changes has the new resourceVersion', async () => {
  assert.ok(everything.ok);
  const prune = everything.value;
  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 2, maxLength: 6 }), fc.nat(), async (contents, choice) => {
      const store = testStore();
      for (const hosts of contents) {
        const text = documents(...Object.entries(hosts).map(([name, host]) => virtualService(name, { host })));
        await applied(store, text, { prune });
      }
      const before = await newestState(store);
      const target = 1 + (choice % before.revision);
      const outcome = await rollback(store, { revision: target, writer: 'tester', isDryRun: false });
      assert.ok(outcome.outcome === 'applied');
      const after = await newestState(store);
      assert.equal(after.tree, (await stateAt(store, target))?.tree);

      const isSame = before.tree === after.tree;
      assert.equal(after.revision, isSame ? before.revision : before.revision + 1);
      const diff = await diffRevisions(store, { from: before.revision, to: after.revision });
      assert.ok(diff.outcome === 'compared');
      const keys = diff.changes
        .filter((change) => change.after)
        .map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
      const [old, now] = await Promise.all([existingObjects(store, before, keys), existingObjects(store, after, keys)]);
      for (const [key, { stamp, object }] of now) {
        assert.equal(stamp.resourceVersion, after.revision);
        const was = old.get(key);
        // An object that was deleted and made again has another uid; its generation moves with its spec alone.
        const hasNewSpec = was === undefined || hashOf(was.object.spec) !== hashOf(object.spec);
        assert.equal(stamp.generation > (was?.stamp.generation ?? 0), hasNewSpec);
      }
    }),
    { numRuns: 60 },
  );
});
