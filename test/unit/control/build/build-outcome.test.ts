import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { epochMs } from '../../../../lib/base/brand.ts';
import {
  builtAtOf,
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
    firstBuilt: [[2, testStart]],
  });
});

test('when a revision was built first stays known while later ones are built, and as long as there is room', async () => {
  const records = memoryRecords();
  const at = (revision: number) => epochMs(testStart + revision * 1_000);
  const build = (revision: number, moment = at(revision)) =>
    noteBuildOutcome(records, { ...ended(revision), at: moment });
  const builtAt = async (revision: number) => builtAtOf((await newestBuild(records)) ?? assert.fail(), revision);
  await build(2);
  await build(2, at(99)); // the same revision anew, because an instance told of its health
  await build(5);
  assert.deepEqual(
    [await builtAt(1), await builtAt(2), await builtAt(3), await builtAt(5), await builtAt(6)],
    [at(2), at(2), at(5), at(5), undefined],
  );
  for (let revision = 6; revision < 110; revision += 1) await build(revision);
  assert.deepEqual([await builtAt(2), await builtAt(109)], [undefined, at(109)]);
});
