import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import { blobReader } from '../../../../lib/control/revisions/blob-reader.ts';
import { findRevision, jumpFrom, nameCommit, type NamedCommit } from '../../../../lib/control/revisions/commit.ts';
import { EMPTY_TRIE } from '../../../../lib/control/revisions/trie-node.ts';

/** A history of so many revisions, and a count of the blobs that are read from it later. */
async function history(length: number) {
  const blobs = memoryBlobs();
  let reads = 0;
  const reader = blobReader(
    {
      get: async (hash) => {
        reads += 1;
        return blobs.get(hash);
      },
    },
    0,
  );
  const commits: NamedCommit[] = [];
  for (let revision = 1; revision <= length; revision += 1) {
    const parent = commits.at(-1);
    const commit = nameCommit({
      revision,
      id: `id-${revision}`,
      parent: parent?.commit ?? null,
      jump: parent ? await jumpFrom(reader, parent) : null,
      tree: EMPTY_TRIE,
      stamps: EMPTY_TRIE,
      writer: 'test',
      time: '2026-01-01T00:00:00Z',
      counts: { created: 0, configured: 0, pruned: 0 },
    });
    await blobs.put(commit.bytes);
    commits.push(commit);
  }
  return { reader, commits, readsOf: async (work: () => Promise<void>) => ((reads = 0), await work(), reads) };
}

test('every revision is found from the newest one in O(log n) reads', async () => {
  const { reader, commits, readsOf } = await history(1_000);
  const newest = commits.at(-1);
  assert.ok(newest);
  for (let revision = 1; revision <= 1_000; revision += 1) {
    const reads = await readsOf(async () => {
      const found = await findRevision(reader, newest, revision);
      assert.equal(found?.commit, commits[revision - 1]?.commit);
    });
    assert.ok(reads <= 30, `revision ${revision} took ${reads} reads`);
  }
});

test('a revision that never was is not found', async () => {
  const { reader, commits } = await history(5);
  const newest = commits.at(-1);
  assert.ok(newest);
  for (const revision of [0, -1, 6, 1.5, Number.NaN]) {
    assert.equal(await findRevision(reader, newest, revision), undefined);
  }
});
