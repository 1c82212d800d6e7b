import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CacheEntry,
  cacheToken,
  disabledCache,
  type XdsCache,
  xdsCache,
} from '../../../../lib/control/build/xds-cache.ts';
import { resourceKey } from '../../../../lib/resources/resource.ts';

type Type = 'clusters' | 'endpoints' | 'routes' | 'secrets';
const TYPES: readonly Type[] = ['clusters', 'endpoints', 'routes', 'secrets'];
interface Value {
  readonly made: string;
}

const [A, B] = [resourceKey('ServiceEntry', 'default', 'a'), resourceKey('ServiceEntry', 'default', 'b')];
const cacheOf = (capacity = 10): XdsCache<Type, Value> =>
  xdsCache({ types: TYPES, capacity, clearedByPeerAuthentication: ['endpoints'] });
const entry = (key: string, ...configs: readonly string[]): CacheEntry<Type> => ({
  type: 'clusters',
  key,
  configs,
  isCacheable: true,
});
const at = (revision: number) => ({ startedAt: cacheToken(revision) });
const value = (made: string): Value => ({ made });

test('XC-1, XC-4: a value is found under its type and key, and under no other type', () => {
  const cache = cacheOf();
  cache.add(entry('k'), at(1), value('v'));
  assert.deepEqual(cache.get(entry('k')), value('v'));
  assert.equal(cache.get({ ...entry('k'), type: 'endpoints' }), undefined);
  assert.equal(cache.get(entry('other')), undefined);
});

test('XC-4: an entry that is not cacheable, no entry, and a type that nobody has are misses', () => {
  const cache = cacheOf();
  cache.add(entry('k'), at(1), value('v'));
  assert.equal(cache.get({ ...entry('k'), isCacheable: false }), undefined);
  assert.equal(cache.get(undefined), undefined);
  assert.equal(cache.get({ ...entry('k'), type: 'listeners' as Type }), undefined);
});

const ignored: readonly [title: string, add: (cache: XdsCache<Type, Value>) => void][] = [
  ['an entry that is not cacheable', (cache) => cache.add({ ...entry('new'), isCacheable: false }, at(9), value('v'))],
  ['no request', (cache) => cache.add(entry('new'), undefined, value('v'))],
  ['a request without a start', (cache) => cache.add(entry('new'), at(0), value('v'))],
  ['a request from before what the cache has heard of', (cache) => cache.add(entry('new'), at(4), value('v'))],
];
for (const [title, add] of ignored) {
  test(`XC-2: an Add is ignored for ${title}`, () => {
    const cache = cacheOf();
    cache.add(entry('k'), at(5), value('v')); // raises the type's token to 5
    add(cache);
    assert.deepEqual(cache.keys('clusters'), ['k']);
  });
}

test('XC-2: of two values for a key the one of the newer request stays, and an equal token changes nothing', () => {
  const cache = cacheOf();
  cache.add(entry('k'), at(1), value('first'));
  cache.add(entry('k'), at(1), value('second'));
  assert.deepEqual(cache.get(entry('k')), value('first'));
  cache.add(entry('k'), at(2), value('third'));
  assert.deepEqual(cache.get(entry('k')), value('third'));
});

test('XC-2: an Add raises the token of its own type alone', () => {
  const cache = cacheOf();
  cache.add(entry('k'), at(5), value('v'));
  cache.add({ ...entry('k'), type: 'endpoints' }, at(1), value('v'));
  assert.deepEqual(cache.keys('endpoints'), ['k']);
});

test('XC-3: a value that is replaced depends on what the new one depends on, and no longer on what the old one did', () => {
  const cache = cacheOf();
  cache.add(entry('k', A), at(1), value('old'));
  cache.add(entry('k', B), at(2), value('new'));
  cache.clear(new Set([A]), cacheToken(3));
  assert.deepEqual(cache.get(entry('k')), value('new'));
  cache.clear(new Set([B]), cacheToken(4));
  assert.equal(cache.get(entry('k')), undefined);
});

test('XC-5: Clear forgets what depends on any of the documents, and only that', () => {
  const cache = cacheOf();
  cache.add(entry('a', A), at(1), value('a'));
  cache.add(entry('ab', A, B), at(1), value('ab'));
  cache.add(entry('b', B), at(1), value('b'));
  cache.clear(new Set([A]), cacheToken(2));
  assert.deepEqual(cache.keys('clusters'), ['b']);
});

test('XC-5: Clear keeps out what older builds still make, even for documents that nothing depends on', () => {
  const cache = cacheOf();
  cache.clear(new Set([A]), cacheToken(3));
  cache.add(entry('late'), at(2), value('v'));
  cache.add(entry('in time'), at(3), value('v'));
  assert.deepEqual(cache.keys('clusters'), ['in time']);
});

test('XC-5: a Clear that comes late does not let older builds in again', () => {
  const cache = cacheOf();
  cache.clear(new Set(), cacheToken(5));
  cache.clear(new Set(), cacheToken(3));
  cache.add(entry('late'), at(4), value('v'));
  assert.deepEqual(cache.keys('clusters'), []);
});

test('XC-6: a PeerAuthentication among the documents clears all endpoints and nothing else', () => {
  const cache = cacheOf();
  cache.add(entry('c'), at(1), value('c'));
  cache.add({ ...entry('e'), type: 'endpoints' }, at(1), value('e'));
  cache.clear(new Set(['PeerAuthentication/default/strict']), cacheToken(2));
  assert.deepEqual([cache.keys('clusters'), cache.keys('endpoints')], [['c'], []]);
});

test('XC-7: ClearAll empties every type, its tokens grow, and nothing is left in the index', () => {
  const cache = cacheOf();
  for (const type of TYPES) cache.add({ ...entry('k', A), type }, at(1), value(type));
  cache.clearAll(cacheToken(3));
  assert.deepEqual(cache.snapshot(), []);
  cache.add(entry('late'), at(2), value('v'));
  cache.add(entry('k', B), at(3), value('v'));
  cache.clear(new Set([A]), cacheToken(3)); // would forget k if the old entry were still in the index
  assert.deepEqual(cache.keys('clusters'), ['k']);
});

test('XC-8: Keys are those of one type, none for an unknown one; Snapshot is a copy of all values', () => {
  const cache = cacheOf();
  cache.add(entry('k'), at(1), value('c'));
  cache.add({ ...entry('r'), type: 'routes' }, at(1), value('r'));
  assert.deepEqual([cache.keys('clusters'), cache.keys('routes'), cache.keys('nothing')], [['k'], ['r'], []]);
  const before = cache.snapshot();
  cache.clearAll(cacheToken(2));
  assert.deepEqual(before, [value('c'), value('r')]);
});

test('XC-4, XC-9: what was not used for longest is evicted, and its place in the index with it', () => {
  const cache = cacheOf(2);
  cache.add(entry('old', A), at(1), value('old'));
  cache.add(entry('used', B), at(1), value('used'));
  cache.get(entry('old'));
  cache.add(entry('new'), at(1), value('new'));
  assert.deepEqual(cache.keys('clusters'), ['old', 'new']);
  cache.add(entry('used'), at(2), value('again')); // depends on nothing now
  cache.clear(new Set([B]), cacheToken(2));
  assert.deepEqual(cache.get(entry('used')), value('again'));
});

test('XC-9: a type holds 60,000 entries, and 20,000 where the capacity says 0', () => {
  const held = (capacity?: number): number => {
    const cache = xdsCache<Type, Value>({ types: TYPES, ...(capacity !== undefined && { capacity }) });
    for (let index = 0; index < 60_010; index += 1) cache.add(entry(String(index)), at(1), value('v'));
    return cache.keys('clusters').length;
  };
  assert.deepEqual([held(), held(0)], [60_000, 20_000]);
});

test('XC-10: the disabled cache remembers nothing and refuses nothing', () => {
  const cache = disabledCache<Type, Value>();
  cache.add(entry('k'), at(1), value('v'));
  cache.clear(new Set([A]), cacheToken(1));
  cache.clearAll(cacheToken(1));
  assert.deepEqual([cache.get(entry('k')), cache.keys('clusters'), cache.snapshot()], [undefined, [], []]);
});

test('XC-14: what is read before a Clear is done is the old value or nothing, because nothing in the cache waits', () => {
  const cache = cacheOf();
  cache.add(entry('k', A), at(1), value('v'));
  const seen: (Value | undefined)[] = [];
  const configs = {
    *[Symbol.iterator]() {
      seen.push(cache.get(entry('k')));
      yield A;
      seen.push(cache.get(entry('k')));
    },
  } as unknown as ReadonlySet<string>;
  cache.clear(configs, cacheToken(2));
  assert.ok(seen.every((read) => read === undefined || read.made === 'v'));
  assert.equal(seen.at(-1), undefined);
});
