import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineDiff } from '../../../lib/cli/line-diff.ts';

const shown = (before: readonly string[], after: readonly string[]): readonly string[] =>
  lineDiff(before, after).map(({ sign, line }) => `${sign}${line}`);

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const replaced = (...changes: readonly string[]): readonly string[] =>
  letters.map((letter) => (changes.includes(letter) ? letter.toUpperCase() : letter));

test('equal texts have no difference', () => {
  assert.deepEqual(shown(letters, letters), []);
  assert.deepEqual(shown([], []), []);
});

test('a change is shown with three lines around it, and nothing of the rest', () => {
  assert.deepEqual(shown(letters, replaced('h')), [' e', ' f', ' g', '-h', '+H', ' i', ' j', ' k']);
});

test('lines that are left out between two changes are said once', () => {
  const signs = lineDiff(letters, replaced('b', 'm')).map(({ sign }) => sign);
  assert.equal(signs.join(''), ' -+   @   -+   ');
});

test('an added and a removed line are found within what they changed', () => {
  assert.deepEqual(shown(['a', 'x', 'b'], ['a', 'b', 'y']), [' a', '-x', ' b', '+y']);
  assert.deepEqual(shown([], ['a']), ['+a']);
  assert.deepEqual(shown(['a', 'a'], ['a']), [' a', '-a']);
});

test('texts of tens of thousands of lines are told apart at once', () => {
  const before = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
  const after = before.toReversed();
  assert.equal(lineDiff(before, after).length, 40_000);
  assert.deepEqual(
    shown(before, before.toSpliced(9_999, 1)).filter((line) => /^[-+]/.test(line)),
    ['-line 9999'],
  );
});
