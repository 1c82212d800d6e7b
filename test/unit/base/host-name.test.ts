import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bySpecificity,
  hostsForNamespace,
  hostsOverlap,
  intersectHosts,
  isSubsetOf,
  mostSpecificMatch,
  type HostName,
} from '../../../lib/base/host-name.ts';

/** Names over two letters and the dot, so that suffixes meet often; `literal` has no star. */
const literal = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 4 });
const hostName: fc.Arbitrary<HostName> = fc.oneof(
  literal,
  fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 3 }).map((suffix) => `*${suffix}`),
);

/** Every concrete name of up to five letters, enough to tell any two of the names above apart. */
const CONCRETE: readonly string[] = [1, 2, 3, 4, 5].flatMap((length) => namesOf(length));
function namesOf(length: number): readonly string[] {
  if (length === 0) return [''];
  return namesOf(length - 1).flatMap((rest) => ['a', 'b', '.'].map((letter) => letter + rest));
}
const names = (host: HostName): readonly string[] =>
  host.startsWith('*') ? CONCRETE.filter((name) => name.endsWith(host.slice(1))) : [host];

const overlaps: readonly (readonly [HostName, HostName, boolean])[] = [
  ['*', 'foo.com', true],
  ['*', '*', true],
  ['*.com', 'foo.com', true],
  ['*.foo.com', '*.com', true],
  ['foo.com', 'bar.com', false],
  ['*.foo.com', '*.bar.com', false],
  ['*.foo.com', 'foo.com', false],
  ['*foo.com', 'foo.com', true],
];
for (const [a, b, expected] of overlaps) {
  test(`HN-1: ${a} and ${b} ${expected ? 'overlap' : 'do not overlap'}, whichever is asked first`, () => {
    assert.equal(hostsOverlap(a, b), expected);
    assert.equal(hostsOverlap(b, a), expected);
  });
}

test('HN-1: two names overlap if and only if some concrete name is matched by both', () => {
  fc.assert(
    fc.property(hostName, hostName, (a, b) => {
      assert.equal(
        hostsOverlap(a, b),
        names(a).some((name) => names(b).includes(name)),
      );
    }),
  );
});

test('HN-2: a name is a subset of another if and only if the other matches all that it matches', () => {
  fc.assert(
    fc.property(hostName, hostName, (a, b) => {
      assert.equal(
        isSubsetOf(a, b),
        names(a).every((name) => names(b).includes(name)),
      );
    }),
  );
  assert.equal(isSubsetOf('*.a', '*.a'), true);
  assert.equal(isSubsetOf('*.a', 'a'), false);
});

test('HN-3: exact names before wildcards, longer before shorter, then by the alphabet; the star last', () => {
  const sorted = ['bb.com', 'cc.com', 'a.com', '*.bb.com', '*.a.com', '*.com', '*'];
  fc.assert(
    fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => {
      assert.deepEqual([...shuffled].sort(bySpecificity), sorted);
    }),
  );
});

const intersections: readonly (readonly [readonly HostName[], readonly HostName[], readonly HostName[]])[] = [
  [['*.com'], ['a.com', 'b.org'], ['a.com']],
  [['a.com', 'b.com'], ['*'], ['a.com', 'b.com']],
  [['*.a.com'], ['*.com', '*'], ['*.a.com']],
  [['a.com'], ['b.com'], []],
  [[], ['*'], []],
  [['a.com', '*.com'], ['a.com'], ['a.com']],
];
for (const [left, right, expected] of intersections) {
  test(`HN-4: of [${left.join()}] and [${right.join()}] the more specific of each overlapping pair are kept`, () => {
    assert.deepEqual(intersectHosts(left, right), expected);
    assert.deepEqual(intersectHosts(right, left).sort(), [...expected].sort());
  });
}

test('HN-5: entries of the namespace, of all and without prefix are kept, without their prefix', () => {
  const entries = ['shop/a.com', 'other/b.com', '*/c.com', 'd.com', './e.com'];
  assert.deepEqual(hostsForNamespace(entries, 'shop'), ['a.com', 'c.com', 'd.com']);
});

const table = new Map(['a.com', '*.a.com', '*.com', '*com'].map((host) => [host, host]));
const lookups: readonly (readonly [HostName, HostName | undefined])[] = [
  ['a.com', 'a.com'],
  ['x.a.com', '*.a.com'],
  ['b.com', '*.com'],
  ['xcom', '*com'],
  ['b.org', undefined],
  ['*.a.com', '*.a.com'],
  ['*.b.a.com', '*.a.com'],
  ['*.b.com', '*.com'],
  ['*', undefined],
];
for (const [needle, expected] of lookups) {
  test(`HN-6: ${needle} is looked up as ${expected ?? 'nothing'}`, () => {
    assert.equal(mostSpecificMatch(needle, table), expected);
    assert.equal(mostSpecificMatch(needle, new Map([...table].reverse())), expected);
  });
}

test('HN-6: a wildcard is not looked up among exact names', () => {
  assert.equal(mostSpecificMatch('*.com', new Map([['a.com', 1]])), undefined);
});
