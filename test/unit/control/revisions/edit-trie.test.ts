import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEntries, lookUp } from '../../../../lib/control/revisions/read-trie.ts';
import { EMPTY_TRIE, MAX_LEAF_ENTRIES, type TrieNode } from '../../../../lib/control/revisions/trie-node.ts';
import { manyEntries, testTrie } from '../../../support/trie.ts';

test('a leaf takes MAX_LEAF_ENTRIES entries; one more makes it a branch, one less a leaf again', async () => {
  const trie = testTrie();
  const full = await trie.make(manyEntries(MAX_LEAF_ENTRIES));
  const over = await trie.make(manyEntries(MAX_LEAF_ENTRIES + 1));
  assert.ok('leaf' in (await trie.reader.read<TrieNode<string>>(full)));
  assert.ok('branch' in (await trie.reader.read<TrieNode<string>>(over)));
  const back = await trie.edit(over, new Map([[`Service/default/svc-${MAX_LEAF_ENTRIES}`, undefined]]));
  assert.equal(back, full);
});

test('taking out the last entry gives the empty trie, which needs no blob', async () => {
  const trie = testTrie();
  const one = await trie.make(new Map([['Service/default/a', 'v']]));
  assert.equal(await trie.edit(one, new Map([['Service/default/a', undefined]])), EMPTY_TRIE);
  assert.equal(trie.stored(), 0);
  assert.deepEqual(await allEntries(trie.reader, EMPTY_TRIE), new Map());
});

test('an edit that changes nothing gives the same root', async () => {
  const trie = testTrie();
  const root = await trie.make(manyEntries(500));
  assert.equal(await trie.edit(root, new Map([['Service/default/svc-3', 'v']])), root);
  assert.equal(await trie.edit(root, new Map([['Service/default/none', undefined]])), root);
});

test('STO-2: a change of one object among 10,000 writes and reads one path', async () => {
  const trie = testTrie();
  const root = await trie.make(manyEntries(10_000));
  trie.reads.length = 0;
  await trie.edit(root, new Map([['Service/default/svc-7', 'w']]));
  assert.ok(trie.stored() <= 3, `${trie.stored()} nodes stored`);
  assert.ok(trie.reads.length <= 3, `${trie.reads.length} nodes read`);
});

test('look-up answers the keys that are there and no others', async () => {
  const trie = testTrie();
  const root = await trie.make(manyEntries(1_000));
  const found = await lookUp(trie.reader, root, ['Service/default/svc-1', 'Service/default/svc-999', 'Service/x/y']);
  assert.deepEqual(
    found,
    new Map([
      ['Service/default/svc-1', 'v'],
      ['Service/default/svc-999', 'v'],
    ]),
  );
});
