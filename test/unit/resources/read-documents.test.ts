import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../../../lib/resources/read-documents.ts';

const valuesOf = (text: string): readonly unknown[] => readDocuments(text).documents.map(({ value }) => value);

test('documents are split and counted from 0, those without content are none', () => {
  const { documents, unreadable } = readDocuments('# only a comment\n---\na: 1\n---\n---\nnull\n---\nb: 2\n');
  assert.deepEqual(
    documents.map(({ document, value }) => [document, value]),
    [
      [0, { a: 1 }],
      [1, { b: 2 }],
    ],
  );
  assert.deepEqual(unreadable, []);
});

test('JSON is read as what it is, with or without a byte order mark', () => {
  assert.deepEqual(valuesOf('\uFEFF{"a": [1, true, null, "x"]}'), [{ a: [1, true, null, 'x'] }]);
  assert.deepEqual(valuesOf(''), []);
});

test('lists stand for their items, one within another too', () => {
  const { documents } = readDocuments('kind: List\nitems:\n- {a: 1}\n- kind: ServiceList\n  items: [{b: 2}]\n');
  assert.deepEqual(
    documents.map(({ place, value }) => [place, value]),
    [
      ['items[0]', { a: 1 }],
      ['items[1].items[0]', { b: 2 }],
    ],
  );
  assert.deepEqual(
    documents.map(({ lineOf }) => lineOf('b')),
    [3, 5],
  );
});

test('a part is found by its line, a missing one by the part above it', () => {
  const text = 'a: 1\n---\nkind: X\nspec:\n  http:\n  - match:\n    - headers:\n        "x.y": {exact: z}\n';
  const [, second] = readDocuments(text).documents;
  const lineOf = second?.lineOf ?? assert.fail('no second document');
  assert.equal(lineOf(''), 3);
  assert.equal(lineOf('spec.http[0]'), 6);
  assert.equal(lineOf('spec.http[0].match[0].headers["x.y"].exact'), 8);
  assert.equal(lineOf('spec.http[7].route'), 5);
});

test('anchors and merge keys are written out; what is beside them wins', () => {
  const text = 'base: &base {a: 1, b: 1}\nown:\n  <<: *base\n  b: 2\nseveral:\n  <<: [*base, {a: 3, c: 3}]\n';
  assert.deepEqual(valuesOf(text), [{ base: { a: 1, b: 1 }, own: { a: 1, b: 2 }, several: { a: 1, b: 1, c: 3 } }]);
});

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat(
    [...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`),
  )
  .join('\n');

const refused: readonly (readonly [what: string, text: string, line: number, message: RegExp])[] = [
  ['a key that is there twice', 'a: 1\nb: 2\na: 3', 3, /the key "a" is there twice/],
  ['a JSON key that is there twice', '{"a": 1, "a": 1}', 1, /twice/],
  ['an alias without an anchor', 'a: *b', 1, /no anchor &b/],
  ['an anchor that contains itself', 'a: &a [*a]', 1, /contains itself/],
  ['aliases that explode', bomb, 6, /more than 500000 values/],
  ['infinity', 'a: 1\nb: .inf', 2, /JSON does not have/],
  ['a tag nobody knows', 'a: !secret x', 1, /Unresolved tag/],
  ['binary data', 'a: !!binary aGk=', 1, /JSON does not have/],
  ['an object as a key', '{a: 1}: 2', 1, /keys are texts/],
  ['a key with a meaning in JavaScript', 'a:\n  __proto__: {x: 1}', 2, /"__proto__" is not allowed/],
  ['a tab as indentation', 'a:\n\tb: 1', 2, /[Tt]abs/],
  ['an unclosed quote', 'a: "b\n', 2, /quote/],
  ['nesting beyond the stack', '['.repeat(20_000), 1, /nested too deeply/],
  ['nesting beyond any kind', `${'['.repeat(200)}${']'.repeat(200)}`, 1, /more than 100 levels/],
  ['a text beyond the limit', `a: ${'x'.repeat(9_000_000)}`, 1, /larger than/],
  ['more lines than the limit', '\n'.repeat(600_000), 1, /lines/],
];

for (const [what, text, line, message] of refused) {
  test(`FLT-3: ${what} is refused with its line`, () => {
    const { documents, unreadable } = readDocuments(text);
    assert.deepEqual(documents, []);
    assert.match(unreadable[0]?.message ?? '', message);
    if (what !== 'aliases that explode') assert.equal(unreadable[0]?.line, line);
  });
}

test('STO-4: documents beside an unreadable one are read all the same', () => {
  const { documents, unreadable } = readDocuments('a: 1\n---\nb: *c\n---\nd: 1\n');
  assert.deepEqual(
    documents.map(({ document }) => document),
    [0, 2],
  );
  assert.deepEqual(
    unreadable.map(({ document, line }) => [document, line]),
    [[1, 3]],
  );
});
