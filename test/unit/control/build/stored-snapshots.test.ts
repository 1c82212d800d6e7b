import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import type { ContentHash } from '../../../../lib/base/hashing.ts';
import { partReader, readParts } from '../../../../lib/control/polls/offer.ts';
import { storedSnapshots } from '../../../../lib/control/build/stored-snapshots.ts';
import { CorruptStore } from '../../../../lib/ports/store-errors.ts';
import { sentBody } from '../../../../lib/snapshot/sealed-resource.ts';
import { blobsSince, type Sealed } from '../../../../lib/snapshot/snapshot.ts';
import { cluster, endpoints, snapshotOf } from '../../../support/envoy-resources.ts';

const many = (changed: number): Sealed =>
  snapshotOf(
    Array.from({ length: 1_000 }, (_, index) => [
      endpoints(`c-${index}`, index === changed ? 2 : 1),
      cluster(`c-${index}`, index === changed ? { connectTimeout: '1s' } : {}),
    ]).flat(),
  );

/** Snapshots over a store that counts its reads. */
async function counted(...stored: readonly Sealed[]) {
  const blobs = memoryBlobs();
  for (const sealed of stored) await blobs.putAll(blobsSince(sealed));
  const reads: ContentHash[] = [];
  const get = (hash: ContentHash): Promise<Uint8Array | undefined> => {
    reads.push(hash);
    return blobs.get(hash);
  };
  return { snapshots: storedSnapshots({ get }), reads };
}

test('SNAP-5: finding a name reads one shard, once, and its body one blob', async () => {
  const sealed = many(-1);
  const { snapshots, reads } = await counted(sealed);
  const { clusters, endpoints: sets } = await snapshots.manifest(sealed.manifestHash);
  assert.equal(sets.shards.length, 16);
  const [found] = (await snapshots.find(sets, ['c-3', 'nobody', '__proto__'])).values();
  assert.ok(found && reads.length <= 4);
  await Promise.all([snapshots.find(sets, ['c-3']), snapshots.find(sets, ['c-3'])]);
  assert.ok(reads.length <= 4, 'what was read is remembered');

  const before = reads.length;
  const one = (await snapshots.find(clusters, ['c-3'])).get('c-3') ?? assert.fail();
  assert.equal(String(Buffer.concat((await readParts(snapshots, [one.part])).flat())), sentBody(cluster('c-3')));
  assert.equal(reads.length, before + 2);
});

test('DLV-1: readers that ask at once for the same share one read', async () => {
  const sealed = many(-1);
  const { snapshots, reads } = await counted(sealed);
  const set = sealed.manifest.endpoints;
  await Promise.all(Array.from({ length: 10 }, () => snapshots.find(set, ['c-1'])));
  assert.equal(reads.length, 1);
});

test('DLV-3: the difference of two snapshots reads only the shards that differ', async () => {
  const [before, after] = [many(-1), many(5)];
  const { snapshots, reads } = await counted(before, after);
  for (const type of ['clusters', 'endpoints'] as const) {
    const { present, removed } = await snapshots.difference(before.manifest[type], after.manifest[type]);
    assert.deepEqual([[...present.keys()], removed], [['c-5'], []]);
  }
  assert.equal(reads.length, 4);
  const { present, removed } = await snapshots.difference(after.manifest.clusters, snapshotOf([]).manifest.clusters);
  assert.deepEqual([present.size, removed.length], [0, 1_000]);
});

test('a published snapshot is not read again by the process that published it', async () => {
  const sealed = many(-1);
  const { snapshots, reads } = await counted();
  snapshots.remember(sealed);
  const { endpoints: sets } = await snapshots.manifest(sealed.manifestHash);
  assert.equal(
    (await snapshots.table(sets)).shards.reduce((sum, shard) => sum + shard.size, 0),
    1_000,
  );
  assert.deepEqual(reads, []);
});

test('STO-11: a snapshot whose parts are missing or unreadable is a corrupt store, and is asked for again the next time', async () => {
  const sealed = snapshotOf([endpoints('a', 1)]);
  const stored = new Map<string, Uint8Array>();
  const snapshots = storedSnapshots({ get: async (hash) => stored.get(hash) });
  await assert.rejects(snapshots.manifest(sealed.manifestHash), CorruptStore);
  stored.set(sealed.manifestHash, new TextEncoder().encode('{}'));
  await assert.rejects(snapshots.manifest(sealed.manifestHash), CorruptStore);
  stored.set(sealed.manifestHash, blobsSince(sealed).at(-1) ?? assert.fail());
  assert.deepEqual(await snapshots.manifest(sealed.manifestHash), sealed.manifest);
  await assert.rejects(snapshots.find(sealed.manifest.endpoints, ['a']), CorruptStore);
});

test('SNAP-5: one answer reads each blob that it cuts clusters out of once, whatever else is read meanwhile', async () => {
  const sealed = many(-1);
  const { snapshots } = await counted(sealed);
  const { clusters } = await snapshots.manifest(sealed.manifestHash);
  const names = Array.from({ length: 100 }, (_, index) => `c-${index}`);
  const found = await snapshots.find(clusters, names);
  let asked = 0;
  const read = partReader({
    bodies: (blobs) => {
      asked += blobs.length;
      return snapshots.bodies(blobs);
    },
  });
  const texts = await Promise.all([...found.values()].map(async ({ part }) => String(Buffer.concat(await read(part)))));
  assert.deepEqual(
    texts,
    names.map((name) => sentBody(cluster(name))),
  );
  assert.equal(asked, clusters.shards.length);
});
