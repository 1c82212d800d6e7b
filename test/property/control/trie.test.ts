import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allEntries, diffTries } from '../../../lib/control/revisions/read-trie.ts';
import { EMPTY_TRIE } from '../../../lib/control/revisions/trie-node.ts';
import { manyEntries, testTrie } from '../../support/trie.ts';

/** Few enough keys that edits meet, enough that leaves split and join. */
const key = fc.integer({ min: 0, max: 199 }).map((index) => `Service/default/svc-${index}`);
const value = fc.constantFrom('a', 'b', undefined);
const edits = fc.array(fc.tuple(key, value), { maxLength: 120, size: 'max' });

function applied(entries: ReadonlyMap<string, string>, changes: readonly (readonly [string, string | undefined])[]) {
  const after = new Map(entries);
  for (const [name, next] of changes) {
    if (next === undefined) after.delete(name);
    else after.set(name, next);
  }
  return after;
}

test('STO-2: the root depends on the entries alone, not on how they came about', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edits, { maxLength: 6 }), async (batches) => {
      const trie = testTrie();
      let root = EMPTY_TRIE;
      let entries = new Map<string, string>();
      for (const batch of batches) {
        root = await trie.edit(root, new Map(batch));
        entries = applied(entries, [...new Map(batch)]);
      }
      assert.equal(root, await trie.make(entries));
      assert.deepEqual(
        new Map([...(await allEntries<string>(trie.reader, root))].sort()),
        new Map([...entries].sort()),
      );
    }),
    { numRuns: 150 },
  );
});

test('STO-7: the difference of two tries is the edits that lead from one to the other', async () => {
  await fc.assert(
    fc.asyncProperty(edits, edits, async (first, second) => {
      const trie = testTrie();
      const before = await trie.make(applied(new Map(), first));
      const after = await trie.edit(before, new Map(second));
      const changes = await diffTries<string>(trie.reader, before, after);
      const redone = await trie.edit(before, new Map(changes.map((change) => [change.key, change.after])));
      const undone = await trie.edit(after, new Map(changes.map((change) => [change.key, change.before])));
      assert.equal(redone, after);
      assert.equal(undone, before);
      for (const change of changes) assert.notEqual(change.before, change.after);
    }),
    { numRuns: 150 },
  );
});

test('STO-7: a difference of one object among 5,000 reads a path on each side', async () => {
  const trie = testTrie();
  const before = await trie.make(manyEntries(5_000));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4_999 }), async (index) => {
      const after = await trie.edit(before, new Map([[`Service/default/svc-${index}`, 'other']]));
      trie.reads.length = 0;
      const changes = await diffTries<string>(trie.reader, before, after);
      assert.deepEqual(changes, [{ key: `Service/default/svc-${index}`, before: 'v', after: 'other' }]);
      assert.ok(trie.reads.length <= 8, `${trie.reads.length} nodes read`);
    }),
    { numRuns: 20 },
  );
});
