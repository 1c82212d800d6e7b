import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashBytes } from '../../../lib/base/hashing.ts';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { DuplicateResource } from '../../../lib/snapshot/snapshot.ts';
import { cluster, endpoints, listener, route, snapshotOf } from '../../support/envoy-resources.ts';

const mesh: readonly EnvoyResource[] = [
  cluster('b'),
  cluster('a'),
  listener('l', 'r'),
  route('r', 'a'),
  endpoints('a', 1),
];
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test('SNAP-1: a manifest names every resource by the hash of the bytes that are sent', () => {
  const { manifest, blobs } = snapshotOf(mesh);
  assert.deepEqual(Object.keys(manifest.clusters.resources), ['a', 'b']);
  const body = text(blobs.get(manifest.routes.resources['r'] ?? assert.fail('no route')));
  assert.equal(
    (JSON.parse(body) as { '@type': string })['@type'],
    'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  );
  assert.deepEqual(Object.keys(manifest.secrets.resources), []);
});

test('SNAP-2: the order of resources and of their keys changes nothing', () => {
  const reversed = [...mesh].reverse().map((resource) => ({
    ...resource,
    body: Object.fromEntries(Object.entries(resource.body).reverse()),
  }));
  assert.equal(snapshotOf(reversed).manifestHash, snapshotOf(mesh).manifestHash);
});

test('SNAP-5: clusters and listeners lie in one body each, ready to send; the others each on its own', () => {
  const { manifest, blobs } = snapshotOf(mesh);
  const whole = manifest.clusters.whole ?? assert.fail('clusters are a whole set');
  const sent = JSON.parse(`[${text(blobs.get(whole.body))}]`) as { name: string }[];
  assert.deepEqual(
    sent.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.equal(manifest.routes.whole, undefined);
  assert.equal(manifest.endpoints.whole, undefined);
});

test('SNAP-1: every blob is named by its own hash, and the manifest comes last', () => {
  const { blobs, manifestHash, manifest } = snapshotOf(mesh);
  for (const [hash, bytes] of blobs) assert.equal(hashBytes(bytes), hash);
  assert.equal([...blobs.keys()].at(-1), manifestHash);
  assert.deepEqual(JSON.parse(text(blobs.get(manifestHash))), manifest);
});

test('an edit of one endpoint set leaves every other hash as it was', () => {
  const before = snapshotOf(mesh).manifest;
  const after = snapshotOf(
    mesh.map((resource) => (resource.type === 'endpoints' ? endpoints('a', 2) : resource)),
  ).manifest;
  assert.notEqual(after.endpoints.resources['a'], before.endpoints.resources['a']);
  assert.deepEqual({ ...after, endpoints: null }, { ...before, endpoints: null });
});

test('two resources of one type with one name are refused as a mistake of ours', () => {
  assert.throws(() => snapshotOf([cluster('a'), cluster('a')]), DuplicateResource);
});
