import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import type { ContentHash } from '../../../../lib/base/hashing.ts';
import { deltas } from '../../../../lib/control/polls/deltas.ts';
import { readParts } from '../../../../lib/control/polls/offer.ts';
import { storedSnapshots } from '../../../../lib/control/build/stored-snapshots.ts';
import { isNoChange, nonceFor } from '../../../../lib/delivery/decide-delta.ts';
import { discoveryType } from '../../../../lib/delivery/discovery-types.ts';
import { type DeltaRequest, readDeltaPoll } from '../../../../lib/delivery/read-delta-poll.ts';
import { blobsSince, type Sealed } from '../../../../lib/snapshot/snapshot.ts';
import { cluster, endpoints, snapshotOf } from '../../../support/envoy-resources.ts';

const mesh = (port: number): Sealed =>
  snapshotOf(
    Array.from({ length: 1_000 }, (_, index) => [
      cluster(`c-${index}`),
      endpoints(`c-${index}`, index === 5 ? port : 1),
    ]).flat(),
  );

async function served(...stored: readonly Sealed[]) {
  const blobs = memoryBlobs();
  for (const sealed of stored) await blobs.putAll(blobsSince(sealed));
  const reads: ContentHash[] = [];
  const snapshots = storedSnapshots({
    get: (hash) => {
      reads.push(hash);
      return blobs.get(hash);
    },
  });
  return { snapshots, reads, find: deltas(snapshots) };
}

function request(path: string, more: object): DeltaRequest {
  const text = JSON.stringify({ node: { id: 'x' }, ...more });
  const read = readDeltaPoll(discoveryType(path) ?? assert.fail(path), text);
  return (read.ok ? read.poll.requests[0] : assert.fail(read.refusal.message)) ?? assert.fail();
}

const all = { resource_names_subscribe: ['*'] };
const nonceAt = ({ manifestHash: manifest }: Sealed, path: string, wish: object): string =>
  nonceFor({ manifest, subscriptions: request(path, wish).subscriptions.hash });

test('DLV-3: one changed endpoint set of 1,000 costs two roots, two shards and one body', async () => {
  const [before, after] = [mesh(1), mesh(2)];
  const { snapshots, reads, find } = await served(before, after);
  const known = request('endpoints', { ...all, response_nonce: nonceAt(before, 'endpoints', all) });
  await find(before.manifestHash, known);
  reads.length = 0;
  const delta = (await find(after.manifestHash, known)) ?? assert.fail();
  assert.deepEqual([[...delta.changed.keys()], delta.removed], [['c-5'], []]);
  const [changed] = delta.changed.values();
  await readParts(snapshots, [(changed ?? assert.fail()).part]);
  // The version of all endpoint sets is one over all their names: it needs the other shards, once for all equal proxies.
  const shards = new Set(after.manifest.endpoints.shards.map(({ hash }) => hash));
  const elsewhere = reads.filter((hash) => !shards.has(hash));
  assert.equal(elsewhere.length, 2, 'the new root, and the body');
  assert.equal(reads.length - elsewhere.length, 1, 'of the shards only the one that changed');
});

test('DLV-3: who wants clusters is sent nothing for a change of endpoints', async () => {
  const [before, after] = [mesh(1), mesh(2)];
  const { find } = await served(before, after);
  const known = request('clusters', { response_nonce: nonceAt(before, 'clusters', {}) });
  const delta = (await find(after.manifestHash, known)) ?? assert.fail();
  assert.ok(isNoChange(delta));
  assert.equal(delta.carried, after.manifest.clusters.whole?.versionInfo);
});

test('DLV-3: a state that nobody knows is said to be unknown, because its removals are not known either', async () => {
  const sealed = mesh(1);
  const { find } = await served(sealed);
  const nobody = nonceFor({ manifest: '0'.repeat(64), subscriptions: request('clusters', {}).subscriptions.hash });
  const other = nonceAt(sealed, 'clusters', { resource_names_subscribe: ['c-1'] });
  const noManifest = nonceFor({
    manifest: sealed.manifest.clusters.shards[0]?.body ?? '',
    subscriptions: request('clusters', {}).subscriptions.hash,
  });
  for (const response_nonce of [nobody, other, noManifest, 'nonsense']) {
    assert.equal(await find(sealed.manifestHash, request('clusters', { response_nonce })), undefined);
    const listed = request('clusters', { response_nonce, initial_resource_versions: { gone: '1' } });
    assert.deepEqual((await find(sealed.manifestHash, listed))?.removed, ['gone']);
  }
});

test('PX-15: what a client did not take is not sent again, and what comes after it is', async () => {
  const [before, after, next] = [mesh(1), mesh(2), mesh(3)];
  const { find } = await served(before, after, next);
  const had = Object.fromEntries(
    [...before.tables.endpoints.shards].flatMap((shard) => [...shard].map(([name, { hash }]) => [name, hash])),
  );
  const rejection = {
    ...{ ...all, initial_resource_versions: had, error_detail: { message: 'no' } },
    response_nonce: nonceAt(after, 'endpoints', all),
  };
  const again = (await find(after.manifestHash, request('endpoints', rejection))) ?? assert.fail();
  assert.ok(isNoChange(again));
  assert.notEqual(again.carried, again.versionInfo, 'it does not count as taken');
  const later = (await find(next.manifestHash, request('endpoints', rejection))) ?? assert.fail();
  assert.deepEqual([...later.changed.keys()], ['c-5']);
});

test('types that nothing makes are empty, whatever a client says to have', async () => {
  const sealed = mesh(1);
  const { find } = await served(sealed);
  const delta = await find(sealed.manifestHash, request('runtime', { ...all, initial_resource_versions: { x: '1' } }));
  assert.deepEqual([delta?.changed.size, delta?.removed], [0, ['x']]);
});
