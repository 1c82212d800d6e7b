import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selects } from '../../../lib/base/labels.ts';

const labels = { app: 'shop', tier: 'front' };

test('HN-14: every pair of a selector must be among the labels', () => {
  assert.equal(selects({ app: 'shop' }, labels), true);
  assert.equal(selects({ app: 'shop', tier: 'front' }, labels), true);
  assert.equal(selects({ app: 'shop', tier: 'back' }, labels), false);
  assert.equal(selects({ zone: '' }, labels), false);
});

test('HN-14: a selector that says nothing, or is absent, selects all', () => {
  assert.equal(selects({}, labels), true);
  assert.equal(selects(undefined, labels), true);
  assert.equal(selects({}, {}), true);
});
