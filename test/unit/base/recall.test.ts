import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recallNothing, runMemory } from '../../../lib/base/recall.ts';

test('a value is made once for the same inputs, and again when one of them is another object', () => {
  const memory = runMemory();
  const [a, b] = [{ name: 'a' }, { name: 'b' }];
  const make = (...inputs: readonly object[]): object =>
    memory.run((recall) => recall.value('pair', inputs, () => ({ inputs })));
  const first = make(a, b);
  assert.equal(make(a, b), first);
  assert.notEqual(make(a, { name: 'b' }), first);
  assert.notEqual(make(a), first);
});

test('what a run does not use is forgotten with it', () => {
  const memory = runMemory();
  const input = {};
  const first = memory.run((recall) => recall.value('kept', [input], () => ({})));
  memory.run(() => undefined);
  assert.notEqual(
    memory.run((recall) => recall.value('kept', [input], () => ({}))),
    first,
  );
});

test('a run that throws leaves the memory as it was', () => {
  const memory = runMemory();
  const input = {};
  const first = memory.run((recall) => recall.value('kept', [input], () => ({})));
  assert.throws(() =>
    memory.run(() => {
      throw new Error('a stage failed');
    }),
  );
  assert.equal(
    memory.run((recall) => recall.value('kept', [input], () => ({}))),
    first,
  );
});

test('a recall without a memory makes every value anew', () => {
  const input = {};
  const make = (): object => recallNothing.value('slot', [input], () => ({}));
  assert.notEqual(make(), make());
});
