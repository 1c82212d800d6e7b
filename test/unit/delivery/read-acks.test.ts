import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, epochMs } from '../../../lib/base/brand.ts';
import { type Channel, noteExchange, statusOf, worstOf } from '../../../lib/delivery/read-acks.ts';

/** Plays exchanges `carried>answered`, one second apart. */
function play(...exchanges: readonly string[]): Channel {
  const last = exchanges.reduce<Channel | undefined>((channel, exchange, index) => {
    const [carried = '', answered = ''] = exchange.split('>');
    return noteExchange(channel, { carried, answered, at: epochMs(index * 1000) });
  }, undefined);
  return last ?? assert.fail('no exchange');
}

const status = (channel: Channel | undefined, current?: string, silentMs = 0): string =>
  statusOf({
    channel,
    current,
    lastPolledAt: epochMs(0),
    refresh: durationMs(5000),
    slack: durationMs(0),
    now: epochMs(silentMs),
  });

test('PS-2: what a proxy took is what its next poll carries', () => {
  assert.equal(status(play('>v1')), 'STALE');
  assert.equal(status(play('>v1', 'v1>v1')), 'SYNCED');
  assert.equal(status(play('>v1', 'v1>v2')), 'STALE');
  assert.equal(status(play('>v1', 'v1>v2', 'v2>v2')), 'SYNCED');
});

test('PS-1: a proxy that is up to date is stale once there is something newer', () => {
  assert.equal(status(play('>v1', 'v1>v1'), 'v2'), 'STALE');
  assert.equal(status(undefined), 'NOT_SENT');
});

test('LAB-4: a poll that does not show what was sent latches a rejection', () => {
  const rejected = play('>v1', 'v1>v2', 'v1>v2');
  assert.equal(rejected.rejected, 'v2');
  assert.equal(status(rejected), 'REJECTED');
});

test('DLV-5: a rejection is not cleared by a later echo of the same version', () => {
  const echoed = play('>v1', 'v1>v2', 'v1>v2', 'v2>v2', 'v2>v2');
  assert.equal(echoed.acked, 'v2');
  assert.equal(status(echoed), 'REJECTED');
});

test('PX-15: a rejection is shown until a newer version is taken', () => {
  const waiting = play('>v1', 'v1>v2', 'v1>v2', 'v1>v3');
  assert.equal(status(waiting), 'REJECTED');
  const taken = noteExchange(waiting, { carried: 'v3', answered: 'v3', at: epochMs(9000) });
  assert.equal(taken.rejected, undefined);
  assert.equal(status(taken), 'SYNCED');
});

test('DLV-5: a proxy that was restarted has rejected nothing', () => {
  assert.equal(status(play('>v1', 'v1>v1', '>v1')), 'STALE');
  assert.equal(play('>v1', 'v1>v2', '>v2').rejected, undefined);
});

test('DLV-5: a first answer that is refused again and again is a rejection', () => {
  assert.equal(play('>v1', '>v1').rejected, undefined);
  assert.equal(play('>v1', '>v1', '>v1').rejected, 'v1');
});

test('PS-3: a proxy that has not polled for three refresh times is disconnected', () => {
  const synced = play('>v1', 'v1>v1');
  assert.equal(status(synced, undefined, 15_000), 'SYNCED');
  assert.equal(status(synced, undefined, 15_001), 'DISCONNECTED');
});

test('a type that is polled in many loops is as well off as the worst of them', () => {
  assert.equal(worstOf(['SYNCED', 'STALE', 'SYNCED']), 'STALE');
  assert.equal(worstOf(['STALE', 'REJECTED']), 'REJECTED');
  assert.equal(worstOf([]), 'SYNCED');
});
