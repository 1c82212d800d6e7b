import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EnvoyResource, XdsType } from '../../lib/envoy/envoy-resource.ts';
import { ALL_XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { sealResource, sentBody } from '../../lib/snapshot/sealed-resource.ts';
import { shardCount } from '../../lib/snapshot/place.ts';
import { seal, type Sealed, type Tables } from '../../lib/snapshot/snapshot.ts';
import { differingShards, tableDifference } from '../../lib/snapshot/table-difference.ts';
import { entriesOf, resourceIn, type TypeTable } from '../../lib/snapshot/type-table.ts';
import { blobsByHash, textOfPart } from '../support/offers.ts';

/** Up to some hundred resources of two types, so that tables of one and of several shards come up; names of all kinds. */
const mesh: fc.Arbitrary<readonly EnvoyResource[]> = fc.uniqueArray(
  fc.record({
    type: fc.constantFrom<XdsType>('clusters', 'endpoints'),
    name: fc.oneof(
      fc.integer({ min: 0, max: 400 }).map((index) => `outbound|80||s-${index}.default`),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('__proto__', 'constructor', 'toString'),
    ),
    body: fc.record({ setting: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.string({ unit: 'grapheme' })) }),
  }),
  { selector: ({ type, name }) => `${type}/${name}`, maxLength: 400, size: 'max' },
);

const sealed = (resources: readonly EnvoyResource[], before?: Tables): Sealed =>
  seal(resources.map(sealResource), before);

test('SNAP-2: equal content has one name, whatever the order and whatever was there before', () => {
  const cases = fc
    .tuple(mesh, mesh)
    .chain(([list, other]) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length }),
        fc.constant(other),
      ),
    );
  fc.assert(
    fc.property(cases, ([list, again, other]) => {
      const plain = sealed(list);
      for (const before of [undefined, sealed(other).tables, plain.tables]) {
        const rebuilt = sealed(again, before);
        assert.equal(rebuilt.manifestHash, plain.manifestHash);
        assert.deepEqual(new Set(blobsByHash(rebuilt).keys()), new Set(blobsByHash(plain).keys()));
      }
    }),
    { numRuns: 60 },
  );
});

test('SNAP-1: a look-up through the shards is one in the flat list, and every part holds the very bytes that are sent', () => {
  fc.assert(
    fc.property(mesh, fc.string(), (list, stranger) => {
      const snapshot = sealed(list);
      const blobs = blobsByHash(snapshot);
      for (const type of ALL_XDS_TYPES) {
        const table = snapshot.tables[type];
        const flat = new Map(list.filter((one) => one.type === type).map((one) => [one.name, one]));
        assert.deepEqual(new Set([...entriesOf(table)].map(([name]) => name)), new Set(flat.keys()));
        assert.equal(resourceIn(table, stranger) !== undefined, flat.has(stranger));
        for (const { hash } of table.set.shards) assert.ok(blobs.has(hash));
        for (const [name, resource] of [...flat].slice(0, 20)) {
          const { part } = resourceIn(table, name) ?? assert.fail(name);
          assert.equal(textOfPart(snapshot, part), sentBody(resource));
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('DLV-3: the difference by shards is the difference of the flat lists', () => {
  const difference = (before: TypeTable, after: TypeTable) => {
    const differing = differingShards(before.set, after.set);
    const pick = ({ shards }: TypeTable, indexes: readonly number[]) => indexes.flatMap((index) => shards[index] ?? []);
    return tableDifference(pick(before, differing.before), pick(after, differing.after));
  };
  fc.assert(
    fc.property(mesh, mesh, (list, edits) => {
      const kept = list.filter((_, index) => index % 5 !== 0);
      const edited = new Map([...kept, ...edits].map((one) => [`${one.type}/${one.name}`, one]));
      const [before, after] = [sealed(list), sealed([...edited.values()])];
      for (const type of ['clusters', 'endpoints'] as const) {
        const [old, now] = [new Map(entriesOf(before.tables[type])), new Map(entriesOf(after.tables[type]))];
        const { present, removed } = difference(before.tables[type], after.tables[type]);
        const expected = [...now].filter(([name, { hash }]) => old.get(name)?.hash !== hash);
        assert.deepEqual(new Map(present), new Map(expected));
        assert.deepEqual(new Set(removed), new Set([...old.keys()].filter((name) => !now.has(name))));
      }
    }),
    { numRuns: 60 },
  );
});

test('SNAP-2: the number of shards is a power of two, 1 up to 64 entries and then at most 64 entries for each', () => {
  assert.deepEqual([0, 1, 64, 65, 128, 129, 10_000].map(shardCount), [0, 1, 1, 2, 2, 4, 256]);
});

test('BLD-3: an edit of one of 10,000 endpoint sets changes three blobs: the body, its shard and the manifest', () => {
  const endpoints = (port: number): readonly EnvoyResource[] =>
    Array.from({ length: 10_000 }, (_, index) => ({
      type: 'endpoints',
      name: `outbound|80||s-${index}`,
      body: { clusterName: `outbound|80||s-${index}`, port: index === 4_711 ? port : 1 },
    }));
  const [before, after] = [sealed(endpoints(1)), sealed(endpoints(2))];
  const old = blobsByHash(before);
  const written = [...blobsByHash(after)].filter(([hash]) => !old.has(hash));
  assert.equal(written.length, 3);
  assert.ok(written.every(([, bytes]) => bytes.byteLength < 32 * 1024));
});
