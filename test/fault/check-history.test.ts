import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etag } from '../../lib/ports/records.ts';
import { checkConvergence } from '../support/simulation/check-convergence.ts';
import { checkHeads } from '../support/simulation/check-heads.ts';
import { checkPolls } from '../support/simulation/check-polls.ts';
import type { Happening, History } from '../support/simulation/history.ts';

// What no broken store can bring about is planted: the checks have to see it all the same.

const historyOf = (...happenings: readonly Happening[]): History => happenings.map((each, at) => ({ at, ...each }));

const end = (held: readonly string[], wanted: readonly string[]): Happening => ({
  what: 'end',
  objects: new Map(),
  pollers: [
    {
      poller: 'p',
      viewKey: 'view',
      held: new Map(held.map((name) => [name, '{}'])),
      wanted: new Map(wanted.map((name) => [name, '{}'])),
    },
  ],
});

const polled = (status: number, hasMarker: boolean, resources?: number): Happening => ({
  ...{ what: 'polled', poller: 'p', channel: 'listeners', machine: 'xds-1', status, hasMarker },
  saysWhenToRetry: true,
  asked: { at: 0, carried: '', becomes: '', isOfOne: false },
  ...(resources !== undefined && { resources }),
});

test('DLV-10: an error as 200, an empty set and a 500 are seen in a history', () => {
  const listeners = end(['listeners/a'], ['listeners/a']);
  assert.deepEqual(checkPolls(historyOf(polled(200, true, 1), polled(304, false), polled(503, false), listeners)), []);
  assert.equal(checkPolls(historyOf(polled(200, false, 0), listeners)).length, 1);
  assert.equal(checkPolls(historyOf(polled(200, true, 0), listeners)).length, 1);
  assert.deepEqual(checkPolls(historyOf(polled(200, true, 0), end([], []))), [], 'a view that is truly empty');
  assert.equal(checkPolls(historyOf(polled(500, false), listeners)).length, 1);
});

test('FLT-2: a head that goes back and a poller that lags behind are seen in a history', () => {
  const head = (revision: number, epoch: number): Happening => ({
    ...{ what: 'record', by: 'builder-1', key: { partition: 'heads', id: 'view' } },
    ...{ record: { revision, epoch }, expected: undefined, etag: etag(`${revision} ${epoch}`) },
  });
  assert.deepEqual(checkHeads(historyOf(head(1, 0), head(2, 0), head(2, 1))), []);
  assert.equal(checkHeads(historyOf(head(2, 0), head(1, 1))).length, 1);
  assert.equal(checkHeads(historyOf(head(1, 1), head(2, 0))).length, 1);
  assert.deepEqual(checkConvergence(historyOf(end(['clusters/a'], ['clusters/a']))), []);
  assert.equal(checkConvergence(historyOf(end(['clusters/a'], ['clusters/b']))).length, 2);
  assert.equal(checkConvergence(historyOf()).length, 1);
});
