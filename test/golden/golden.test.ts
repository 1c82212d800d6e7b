import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCase, goldenCases, orphans } from '../support/goldens.ts';

for (const golden of goldenCases()) test(golden.name, () => checkCase(golden));

test('no file of a case is left over', () => assert.deepEqual(orphans(), []));
