import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import { hashBytes } from '../../../lib/base/hashing.ts';
import { StoreUnavailable } from '../../../lib/ports/store-errors.ts';
import { type FaultOdds, flakyBlobs, flakyRecords, seededFaults } from '../../support/faulty-store.ts';
import { type Death, mortalStore, ProcessDied } from '../../support/mortal-store.ts';

const key = { partition: 'p', id: 'a' };
const never: FaultOdds = { unavailable: 0, lostAnswer: 0, lateWrite: 0 };

test('an unavailable call is not carried out, a lost answer is', async () => {
  for (const [odds, stored] of [
    [{ ...never, unavailable: 1 }, undefined],
    [{ ...never, lostAnswer: 1 }, 'written'],
  ] as const) {
    const sound = memoryRecords();
    await assert.rejects(flakyRecords(sound, seededFaults(1, odds)).putIf(key, 'written', undefined), StoreUnavailable);
    assert.equal((await sound.get(key))?.record, stored);
  }
});

test('a late write arrives when faults stop, as it was given, and loses to a write that came between', async () => {
  const sound = memoryRecords();
  const faults = seededFaults(1, { ...never, lateWrite: 1 });
  const record = { as: 'given' };
  await assert.rejects(flakyRecords(sound, faults).putIf(key, record, undefined), StoreUnavailable);
  await assert.rejects(flakyRecords(sound, faults).putIf({ ...key, id: 'b' }, 'late', undefined), StoreUnavailable);
  record.as = 'changed since';
  await sound.putIf({ ...key, id: 'b' }, 'between', undefined);
  await faults.stop();
  assert.deepEqual((await sound.get(key))?.record, { as: 'given' });
  assert.equal((await sound.get({ ...key, id: 'b' }))?.record, 'between');
});

test('one seed gives one history, another seed another one', async () => {
  const historyOf = async (seed: number): Promise<readonly string[]> => {
    const faults = seededFaults(seed);
    const [records, blobs] = [flakyRecords(memoryRecords(), faults), flakyBlobs(memoryBlobs(), faults)];
    for (let i = 0; i < 50; i++) {
      await records.putIf({ partition: 'p', id: `${i}` }, i, undefined).catch(() => undefined);
      await blobs.put(Buffer.from(`${i}`)).catch(() => undefined);
    }
    return faults.history;
  };
  const history = await historyOf(7);
  assert.deepEqual(await historyOf(7), history);
  assert.notDeepEqual(await historyOf(8), history);
  for (const fault of ['none', 'unavailable', 'lost answer', 'late write']) {
    assert.ok(
      history.some((line) => line.endsWith(`: ${fault}`)),
      `${fault} occurs`,
    );
  }
});

test('pages are cut short while there are faults', async () => {
  const sound = memoryRecords();
  for (let i = 0; i < 9; i++) await sound.putIf({ partition: 'p', id: `${i}` }, i, undefined);
  const faults = seededFaults(3, never);
  const flaky = flakyRecords(sound, faults);
  const lengths = new Set<number>();
  for (let i = 0; i < 40; i++) lengths.add((await flaky.list('p')).records.length);
  assert.deepEqual([...lengths].sort(), [1, 2, 3, 9]);
  await faults.stop();
  assert.equal((await flaky.list('p')).records.length, 9);
});

test('a process dies at the chosen call, before or after it, and stays dead', async () => {
  for (const [when, survives] of [
    ['before', false],
    ['after', true],
  ] as const satisfies readonly (readonly [Death['when'], boolean])[]) {
    const sound = { blobs: memoryBlobs(), records: memoryRecords() };
    const dying = mortalStore(sound, { atCall: 2, when });
    await dying.records.putIf(key, 1, undefined);
    await assert.rejects(dying.blobs.put(Buffer.from('body')), ProcessDied);
    await assert.rejects(dying.records.get(key), ProcessDied);
    assert.equal((await sound.blobs.get(hashBytes('body'))) !== undefined, survives);
    assert.equal((await sound.records.get(key))?.record, 1);
  }
});

test('without a death the calls are counted: putAll as one per body', async () => {
  const alive = mortalStore({ blobs: memoryBlobs(), records: memoryRecords() });
  await alive.records.list('p');
  await alive.blobs.putAll([Buffer.from('a'), Buffer.from('b')]);
  assert.equal(alive.calls(), 3);
});
