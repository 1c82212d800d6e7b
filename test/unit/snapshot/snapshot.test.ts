import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashBytes } from '../../../lib/base/hashing.ts';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { readManifest } from '../../../lib/snapshot/manifest.ts';
import { sealResource, sentBody } from '../../../lib/snapshot/sealed-resource.ts';
import { blobsSince, seal } from '../../../lib/snapshot/snapshot.ts';
import { versionOf } from '../../../lib/snapshot/version-info.ts';
import { DuplicateResource, entriesOf, resourceIn } from '../../../lib/snapshot/type-table.ts';
import { cluster, endpoints, listener, route, snapshotOf } from '../../support/envoy-resources.ts';
import { blobsByHash, textOfPart } from '../../support/offers.ts';

const mesh: readonly EnvoyResource[] = [
  cluster('b'),
  cluster('a'),
  listener('l', 'r'),
  route('r', 'a'),
  endpoints('a', 1),
];
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test('SNAP-1: a manifest leads to every resource by the hash of the bytes that are sent', () => {
  const sealed = snapshotOf(mesh);
  assert.deepEqual(
    [...entriesOf(sealed.tables.clusters)].map(([name]) => name),
    ['a', 'b'],
  );
  const found = resourceIn(sealed.tables.routes, 'r') ?? assert.fail('no route');
  assert.equal(
    (JSON.parse(textOfPart(sealed, found.part)) as { '@type': string })['@type'],
    'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  );
  assert.deepEqual([...entriesOf(sealed.tables.secrets)], []);
});

test('SNAP-2: the order of resources and of their keys changes nothing', () => {
  const reversed = [...mesh].reverse().map((resource) => ({
    ...resource,
    body: Object.fromEntries(Object.entries(resource.body).reverse()),
  }));
  assert.equal(snapshotOf(reversed).manifestHash, snapshotOf(mesh).manifestHash);
});

test('SNAP-5: clusters and listeners lie shard by shard, ready to send; the others each on its own', () => {
  const sealed = snapshotOf(mesh);
  const { manifest } = sealed;
  const [shard] = manifest.clusters.shards;
  const sent = JSON.parse(`[${text(blobsByHash(sealed).get(shard?.body ?? ''))}]`) as { name: string }[];
  assert.deepEqual(
    sent.map(({ name }) => name),
    ['a', 'b'],
  );
  for (const type of ['routes', 'endpoints'] as const) {
    assert.deepEqual([manifest[type].whole, manifest[type].shards[0]?.body], [undefined, undefined]);
  }
});

test('SNAP-5: a cluster is cut out of the body of its shard, byte for byte as it would be sent alone', () => {
  const clusters = Array.from({ length: 300 }, (_, index) => cluster(`c-${index} ü`));
  const sealed = snapshotOf(clusters);
  for (const one of clusters.filter((_, index) => index % 17 === 0)) {
    const found = resourceIn(sealed.tables.clusters, one.name) ?? assert.fail(one.name);
    assert.equal(textOfPart(sealed, found.part), sentBody(one));
  }
});

test('BLD-3, SNAP-5: an edit of one cluster of 1,000 writes what its shard holds of them, the shard and the manifest', () => {
  const clusters = (edited: number) =>
    Array.from({ length: 1_000 }, (_, index) =>
      cluster(`c-${index}`, index === edited ? { connectTimeout: '1s' } : {}),
    );
  const [before, after] = [snapshotOf(clusters(-1)), snapshotOf(clusters(7))];
  const old = blobsByHash(before);
  const written = [...blobsByHash(after)].filter(([hash]) => !old.has(hash));
  assert.equal(written.length, 3);
  const sent = blobsSince(after, { manifest: before.manifest, changed: new Map(), chunks: new Set() });
  assert.deepEqual(new Set(sent.map((bytes) => hashBytes(bytes))), new Set(written.map(([hash]) => hash)));
});

test('SNAP-2: the version of a whole set is that of its names and hashes, in however many shards they lie', () => {
  for (const size of [0, 1, 64, 65, 300]) {
    const { tables, manifest } = snapshotOf(Array.from({ length: size }, (_, index) => cluster(`c-${index}`)));
    const named = [...entriesOf(tables.clusters)].map(([name, { hash }]) => [name, hash] as const);
    assert.equal(manifest.clusters.whole?.versionInfo, versionOf(named.reverse()));
  }
});

test('SNAP-1: the manifest comes last, after the bodies and the shards that it names', () => {
  const sealed = snapshotOf(mesh);
  const last = blobsSince(sealed).at(-1) ?? assert.fail('no blobs');
  assert.equal(hashBytes(last), sealed.manifestHash);
  assert.deepEqual(readManifest(text(last)), sealed.manifest);
});

test('a manifest of another release is refused instead of read as something else', () => {
  assert.throws(() => readManifest('{"clusters":{"resources":{"a":"0"}}}'), TypeError);
  const { manifest } = snapshotOf(mesh);
  const { clusters } = manifest;
  const whole = { ...clusters.whole, body: clusters.shards[0]?.body };
  assert.throws(() => readManifest(JSON.stringify({ ...manifest, clusters: { ...clusters, whole } })), TypeError);
});

test('an edit of one endpoint set leaves the tables of all other types as they were', () => {
  const before = snapshotOf(mesh);
  const edited = mesh.map((resource) => (resource.type === 'endpoints' ? endpoints('a', 2) : resource));
  const after = seal(edited.map(sealResource), before.tables);
  assert.notDeepEqual(after.tables.endpoints, before.tables.endpoints);
  for (const type of ['clusters', 'listeners', 'routes'] as const) {
    assert.equal(after.tables[type], before.tables[type], `${type} is the same object: nothing was hashed again`);
  }
});

test('two resources of one type with one name are refused as a mistake of ours', () => {
  assert.throws(() => snapshotOf([cluster('a'), cluster('a')]), DuplicateResource);
});

test('two resources that take the place of one do not pass for the table before', () => {
  const { tables } = snapshotOf([cluster('a'), cluster('b')]);
  assert.throws(() => seal([cluster('a'), cluster('a')].map(sealResource), tables), DuplicateResource);
});
