import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { durationMs, epochMs } from '../../../../lib/base/brand.ts';
import { hashBytes } from '../../../../lib/base/hashing.ts';
import type { ProxyState } from '../../../../lib/control/polls/proxy-state.ts';
import { proxyStates, type ProxyStates } from '../../../../lib/control/polls/proxy-states.ts';
import type { ViewKey } from '../../../../lib/view/proxy-view.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { proxyFacts } from '../../../support/proxy-facts.ts';

const facts = { ...proxyFacts({ type: 'sidecar' }), refresh: durationMs(5_000) };

/** Two instances of a function, neither of which hears all polls, over one store. */
function twoInstances() {
  let asked = facts;
  const [records, clock] = [memoryRecords(), fakeClock({ at: epochMs(1_000_000) })];
  const instance = (): ProxyStates => proxyStates(records, clock, { hearsAllPolls: false });
  /** `v1>v2`: the proxy polls with v1 and is answered with v2. */
  const hear = async (states: ProxyStates, exchange: string, channel = 'listeners'): Promise<void> => {
    const [carried = '', answered = ''] = exchange.split('>');
    clock.advance(durationMs(1));
    const seen = { facts: asked, nodeHash: hashBytes('node'), viewKey: 'view' as ViewKey, channel };
    await states.note({ ...seen, carried, answered, at: clock.now() });
  };
  /** What was learnt is written before the answer goes out. */
  const poll = async (states: ProxyStates, exchange: string, channel = 'listeners'): Promise<void> => {
    await hear(states, exchange, channel);
    await states.flush();
  };
  const stored = async (): Promise<ProxyState | undefined> => (await instance().all())[0];
  /** Who polls from here on, under the same id. */
  const runsAs = (namespace: string): void => {
    asked = { ...facts, namespace };
  };
  return { clock, hear, poll, stored, runsAs, a: instance(), b: instance() };
}

test('PS-2: what another instance sent and the proxy took is no rejection', async () => {
  const { a, b, poll, stored } = twoInstances();
  await poll(a, '>v1');
  await poll(b, 'v1>v1');
  await poll(a, 'v1>v2');
  await poll(b, 'v2>v2');
  const { listeners } = (await stored())?.channels ?? {};
  assert.deepEqual([listeners?.sent, listeners?.acked, listeners?.rejected], ['v2', 'v2', undefined]);
});

test('LAB-4: a rejection is seen by whichever instances hear the polls that show it', async () => {
  const { a, b, poll, stored } = twoInstances();
  await poll(a, '>v1');
  await poll(b, 'v1>v1');
  await poll(a, 'v1>v2');
  await poll(b, 'v1>v2');
  await poll(a, 'v1>v2');
  await poll(a, 'v2>v2');
  assert.equal((await stored())?.channels['listeners']?.rejected, 'v2');
  await poll(b, 'v2>v3');
  await poll(a, 'v3>v3');
  assert.equal((await stored())?.channels['listeners']?.rejected, undefined);
});

test('PS-3: a loop that another instance hears has not ended', async () => {
  const { a, b, clock, poll, stored } = twoInstances();
  await poll(a, '>c1', 'clusters');
  await poll(a, '>l1');
  // From here on one instance hears nearly all there is; both write now and then that the proxy is there.
  for (let second = 0; second < 120; second += 5) {
    clock.advance(durationMs(5_000));
    await poll(a, 'c1>c1', 'clusters');
    await poll(second % 60 === 0 ? b : a, 'l1>l1');
    assert.deepEqual(Object.keys((await stored())?.channels ?? {}).sort(), ['clusters', 'listeners'], `${second} s`);
  }
});

test('IDN-4: what instances heard of two under one id is not mixed', async () => {
  const { a, b, hear, poll, stored, runsAs } = twoInstances();
  runsAs('far');
  await poll(b, '>l1');
  await poll(b, 'l1>l1');
  runsAs('default');
  await hear(a, '>c1', 'clusters');
  runsAs('far');
  await poll(b, 'l1>l1');
  await a.flush();
  await poll(b, 'l1>l2');
  const { facts: last, channels } = (await stored()) ?? assert.fail();
  assert.deepEqual([last.namespace, Object.keys(channels)], ['far', ['listeners']]);
});
