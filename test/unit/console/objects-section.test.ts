import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateOf } from '../../../lib/console/objects-section.js';
import { after } from '../../../lib/console/times.js';

const conditions = (accepted: string, reconciled: string, programmed: string) =>
  Object.entries({ Accepted: accepted, Reconciled: reconciled, Programmed: programmed }).map(([type, text]) => {
    const [status = '', reason = ''] = text.split(' ');
    return { type, status, reason, message: `${type} says so` };
  });

test('an object is shown by the first thing that keeps it from being in force', () => {
  const shown = (...texts: [string, string, string]) => {
    const { state, word, said } = stateOf(conditions(...texts));
    return [state, word, said];
  };
  const [ok, built, there] = ['True Accepted', 'True Built', 'True Programmed'];
  assert.deepEqual(shown(ok, built, there), ['SYNCED', 'PROGRAMMED', '']);
  assert.deepEqual(shown('False RouteUnusable', built, there), ['REJECTED', 'ROUTE UNUSABLE', 'Accepted says so']);
  assert.deepEqual(shown('True SubsetNotFound', built, there), ['STALE', 'SUBSET NOT FOUND', 'Accepted says so']);
  assert.deepEqual(shown(ok, 'False BuildFailed', there), ['REJECTED', 'BUILD FAILED', 'Reconciled says so']);
  assert.deepEqual(shown(ok, built, 'False Rejected'), ['REJECTED', 'REJECTED', 'Programmed says so']);
  assert.deepEqual(shown(ok, built, 'False Pending'), ['STALE', 'PENDING', '']);
  assert.deepEqual(shown(ok, built, 'Unknown NoProxies'), ['NOT_SENT', 'ACCEPTED', 'Accepted says so']);
  assert.deepEqual(stateOf([]).word, 'UNKNOWN');
});

test('a span is as precise as it matters', () => {
  assert.deepEqual([-5, 340, 12_400, 119_000, 150_000, 7_200_000].map(after), [
    '+0.0 s',
    '+0.3 s',
    '+12 s',
    '+119 s',
    '+3 min',
    '+2 h',
  ]);
});
