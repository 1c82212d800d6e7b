import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashBytes } from '../../../lib/base/hashing.ts';
import { sealFromParts, sealPart, sealResource, sentBody } from '../../../lib/snapshot/sealed-resource.ts';
import { listener, route } from '../../support/envoy-resources.ts';

const hosts = [
  { name: 'ä', domains: ['ä.example'], routes: [{ match: { prefix: '/' }, route: { cluster: 'one' } }] },
  { name: 'b', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'one' } }] },
  { name: 'c', domains: ['c'], routes: [{ match: { prefix: '/' }, route: { cluster: 'two' } }] },
];
const settings = { name: 'r', zebra: true, validateClusters: false };

test('SNAP-2: a resource put together from parts is the same as one that was worded whole', () => {
  const rest = { type: 'routes', name: 'r', body: settings } as const;
  const parts = hosts.map((host) => sealPart('routes', host.name, host));
  const whole = sealResource({ ...rest, body: { ...settings, virtualHosts: hosts } });
  assert.deepEqual(sealFromParts({ rest, member: 'virtualHosts', parts }), whole);
});

test('SNAP-1: a sealed resource is named by the hash of its text and knows what it cannot be without', () => {
  const text = sentBody(listener('l', 'r'));
  const { chunks, hash, bytes, references } = sealResource(listener('l', 'r'));
  assert.deepEqual(
    chunks.map((chunk) => chunk.text),
    [text],
  );
  assert.equal(hash, hashBytes(text));
  assert.equal(bytes, Buffer.byteLength(text));
  assert.deepEqual(references, [{ type: 'routes', name: 'r' }]);
  assert.deepEqual(sealResource(route('r', 'a')).references, [], 'Envoy answers 503 for a cluster that is not there');
});

const manyHosts = (edit: (index: number) => object = () => ({})) =>
  Array.from({ length: 1_000 }, (_, index) => ({
    name: `host-${String(index).padStart(4, '0')}.example:80`,
    domains: [`host-${index}.example`, 'ü'.repeat(500)],
    ...edit(index),
  }));

function sealedHosts(list: readonly { readonly name: string }[]) {
  const rest = { type: 'routes', name: 'r', body: settings } as const;
  const parts = list.map((host) => sealPart('routes', host.name, host));
  const whole = { ...rest, body: { ...settings, virtualHosts: list } };
  const sealed = sealFromParts({ rest, member: 'virtualHosts', parts });
  assert.deepEqual(sealed, sealResource(whole), 'the parts are those of the resource, whoever words them');
  return { sealed, text: sentBody(whole) };
}

test('SNAP-2, SNAP-5: a long resource is cut into blobs that are, one behind the other, the text that is sent', () => {
  const { sealed, text } = sealedHosts(manyHosts());
  const { chunks, bytes, hash } = sealed;
  assert.ok(chunks.length > 10 && chunks.length < 200, String(chunks.length));
  assert.equal(chunks.map((chunk) => chunk.text).join(''), text);
  assert.equal(bytes, Buffer.byteLength(text));
  assert.equal(hash, sealedHosts(manyHosts()).sealed.hash);
  assert.notEqual(hash, hashBytes(text));
});

for (const [title, edit] of [
  ['edited', () => manyHosts((index) => (index === 500 ? { edited: true } : {}))],
  ['grown beyond a chunk', () => manyHosts((index) => (index === 500 ? { domains: ['x'.repeat(100_000)] } : {}))],
  ['left out', (list: ReturnType<typeof manyHosts>) => list.filter((_, index) => index !== 500)],
  ['added in the middle', (list: ReturnType<typeof manyHosts>) => list.toSpliced(500, 0, { name: 'new', domains: [] })],
  ['added at the end', (list: ReturnType<typeof manyHosts>) => [...list, { name: 'new', domains: [] }]],
] as const) {
  test(`BLD-3: where one part of a long resource is ${title}, all but three chunks stay as they were`, () => {
    const before = new Set(sealedHosts(manyHosts()).sealed.chunks.map(({ hash }) => hash));
    const { sealed, text } = sealedHosts(edit(manyHosts()));
    assert.equal(sealed.chunks.map((chunk) => chunk.text).join(''), text);
    const changed = sealed.chunks.filter(({ hash }) => !before.has(hash));
    assert.ok(changed.length > 0 && changed.length <= 3, `${changed.length} of ${sealed.chunks.length}`);
  });
}
