import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, epochMs } from '../../../lib/base/brand.ts';
import { answered, type Channel, heard, statusOf, worstOf } from '../../../lib/delivery/read-acks.ts';

const refresh = durationMs(5000);

interface Played {
  /** From one poll to the next. */
  readonly gapMs?: number;
  readonly isLateEchoTrue?: boolean;
}

/** Plays exchanges `carried>answered`, six seconds apart unless it is said otherwise. */
function play(exchanges: readonly string[], { gapMs = 6000, isLateEchoTrue = true }: Played = {}): Channel {
  const last = exchanges.reduce<Channel | undefined>((channel, exchange, index) => {
    const [carried = '', versionInfo = ''] = exchange.split('>');
    const at = epochMs(index * gapMs);
    return answered(heard(channel, { carried, at, refresh, isLateEchoTrue }), versionInfo, at);
  }, undefined);
  return last ?? assert.fail('no exchange');
}

const status = (channel: Channel | undefined, current?: string, silentMs = 0): string =>
  statusOf({
    channel,
    current,
    lastPolledAt: epochMs(0),
    refresh,
    slack: durationMs(0),
    now: epochMs(silentMs),
  });

test('PS-2: what a proxy took is what its next poll carries', () => {
  assert.equal(status(play(['>v1'])), 'STALE');
  assert.equal(status(play(['>v1', 'v1>v1'])), 'SYNCED');
  assert.equal(status(play(['>v1', 'v1>v2'])), 'STALE');
  assert.equal(status(play(['>v1', 'v1>v2', 'v2>v2'])), 'SYNCED');
});

test('PS-1: a proxy that is up to date is stale once there is something newer', () => {
  assert.equal(status(play(['>v1', 'v1>v1']), 'v2'), 'STALE');
  assert.equal(status(undefined), 'NOT_SENT');
});

test('DLV-5: one poll that does not show what was sent may come of a lost answer, two are a rejection', () => {
  assert.equal(status(play(['>v1', 'v1>v2', 'v1>v2'])), 'STALE');
  assert.equal(status(play(['>v1', 'v1>v2', 'v1>v2', 'v2>v2'])), 'SYNCED');
  const rejected = play(['>v1', 'v1>v2', 'v1>v2', 'v1>v2']);
  assert.equal(rejected.rejected, 'v2');
  assert.equal(status(rejected), 'REJECTED');
});

test('DLV-5: answers that a proxy waited for and gave up are no rejection until four of them are lost', () => {
  const lost = { gapMs: 2 * refresh + 5_000 };
  assert.equal(status(play(['>v1', 'v1>v2', 'v1>v2', 'v1>v2', 'v1>v2'], lost)), 'STALE');
  assert.equal(status(play(['>v1', 'v1>v2', 'v1>v2', 'v1>v2', 'v1>v2', 'v1>v2'], lost)), 'REJECTED');
});

test('DLV-5: a rejection is not cleared by a later echo of the same version', () => {
  const echoed = play(['>v1', 'v1>v2', 'v1>v2', 'v1>v2', 'v2>v2', 'v2>v2']);
  assert.equal(echoed.acked, 'v2');
  assert.equal(status(echoed), 'REJECTED');
});

test('DLV-5: clusters that are refused in one poll and echoed in the next are rejected unless the proxy uses them', () => {
  const exchanges = ['>v1', 'v1>v2', 'v1>v2', 'v2>v2', 'v2>v2'];
  assert.equal(status(play(exchanges, { isLateEchoTrue: false })), 'REJECTED');
  assert.equal(status(play(exchanges, { isLateEchoTrue: true })), 'SYNCED');
});

test('PX-15: a rejection is shown until a newer version is taken', () => {
  const waiting = ['>v1', 'v1>v2', 'v1>v2', 'v1>v2', 'v1>v3'];
  assert.equal(status(play(waiting)), 'REJECTED');
  const taken = play([...waiting, 'v3>v3']);
  assert.equal(taken.rejected, undefined);
  assert.equal(status(taken), 'SYNCED');
});

test('DLV-5: a proxy that was restarted has rejected nothing', () => {
  assert.equal(status(play(['>v1', 'v1>v1', '>v1'])), 'STALE');
  assert.equal(play(['>v1', 'v1>v2', '>v2']).rejected, undefined);
});

test('DLV-5: a first answer that is refused again and again is a rejection', () => {
  assert.equal(play(['>v1', '>v1']).rejected, undefined);
  assert.equal(play(['>v1', '>v1', '>v1']).rejected, 'v1');
});

test('PS-3: a proxy that has not polled for three refresh times is disconnected', () => {
  const synced = play(['>v1', 'v1>v1']);
  assert.equal(status(synced, undefined, 15_000), 'SYNCED');
  assert.equal(status(synced, undefined, 15_001), 'DISCONNECTED');
});

test('a type that is polled in many loops is as well off as the worst of them', () => {
  assert.equal(worstOf(['SYNCED', 'STALE', 'SYNCED']), 'STALE');
  assert.equal(worstOf(['STALE', 'REJECTED']), 'REJECTED');
  assert.equal(worstOf([]), 'SYNCED');
});
