import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsInStrings, idsWithRanges } from '../../../tools/spec/citations.ts';
import { readCatalog } from '../../../tools/spec/read-catalog.ts';

test('a catalog gives the rules under their headings, each once', () => {
  const catalog = `# Title
text with AB-1 in it
## 1. AB — Words
- AB-1 The first.
- **AB-2** The second, see AB-1.
  - AB-2 again
## 2. Empty
## 3. Other things [CDE]
| CDE-10 | in a table |
- no rule
`;
  assert.deepEqual(readCatalog(catalog), [
    { title: '1. AB — Words', ruleIds: ['AB-1', 'AB-2'] },
    { title: '3. Other things [CDE]', ruleIds: ['CDE-10'] },
  ]);
});

test('names of tests and rows of tables are citations; comments are not', () => {
  const source = `
    // XX-1 is only talked about
    test('XX-2: does it', () => {});
    const cases = [['XX-3 and XX-4: both', 1]];
    test(\`XX-5: \${name} of XX-6\`, () => {});
  `;
  assert.deepEqual(idsInStrings(source), ['XX-2', 'XX-3', 'XX-4', 'XX-5', 'XX-6']);
});

test('a row may name the first and the last of several rules', () => {
  assert.deepEqual(idsWithRanges('| XX-2 to XX-5, YY-1 | XX-9 to YY-3 |').sort(), [
    'XX-2',
    'XX-3',
    'XX-4',
    'XX-5',
    'XX-9',
    'YY-1',
    'YY-3',
  ]);
});
