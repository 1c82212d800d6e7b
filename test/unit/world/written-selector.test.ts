import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesSelector } from '../../../lib/base/label-selector.ts';
import { readSelector, type WrittenSelector } from '../../../lib/world/written-selector.ts';

const labels = { app: 'web', tier: 'front' };

test('every pair and every expression of a written selector must hold', () => {
  const cases: readonly [WrittenSelector, boolean][] = [
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
    [{ matchExpressions: [{ key: 'none', operator: 'In', values: ['api'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'NotIn', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, false],
  ];
  for (const [written, expected] of cases) {
    assert.equal(matchesSelector(readSelector(written) ?? assert.fail(), labels), expected, JSON.stringify(written));
  }
});

test('an absent selector, and one with an operator that nobody knows, are none', () => {
  assert.equal(readSelector(undefined), undefined);
  assert.equal(readSelector({ matchExpressions: [{ key: 'app', operator: 'Resembles', values: ['web'] }] }), undefined);
});
