import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import {
  type EndedBuild,
  newestBuild,
  noteBuildOutcome,
  rewordBuildOutcome,
} from '../../../../lib/control/build/build-outcome.ts';
import { testStart } from '../../../support/config-store.ts';

const failure = { viewKey: 'a', reason: 'poison' };
const ended = (revision: number, failures: EndedBuild['failures'] = []): EndedBuild => ({
  world: { revision, issues: [] },
  failures,
  at: testStart,
});

test('of two who word an outcome at a time, the one who knows less does not have the last word', async () => {
  const records = memoryRecords();
  let reads = 0;
  const worded = await rewordBuildOutcome(records, async () => {
    reads += 1;
    if (reads > 1) return ended(1);
    const known = ended(1, [failure]); // and while this one looks, the view is built, and another one says so
    await rewordBuildOutcome(records, async () => ended(1));
    return known;
  });
  assert.equal(worded, undefined, 'the other one has said it');
  assert.equal((await newestBuild(records))?.buildFailed, false);
});

test('an outcome is written when its wording changes, and never over that of a newer revision', async () => {
  const records = memoryRecords();
  assert.equal((await rewordBuildOutcome(records, async () => ended(2, [failure])))?.buildFailed, true);
  assert.equal(await rewordBuildOutcome(records, async () => ended(2, [failure])), undefined);
  assert.equal((await rewordBuildOutcome(records, async () => ended(2)))?.buildFailed, false);
  assert.equal(await rewordBuildOutcome(records, async () => ended(1, [failure])), undefined);
  assert.equal(await rewordBuildOutcome(records, async () => undefined), undefined);
  await noteBuildOutcome(records, ended(1, [failure]));
  assert.deepEqual(await newestBuild(records), {
    revision: 2,
    builtAt: testStart,
    buildFailed: false,
    failures: [],
    issues: [],
  });
});
