import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import { leaseCandidate } from '../../../lib/control/lead/lease-candidate.ts';
import { leaseKey } from '../../../lib/control/lead/lease.ts';
import type { Head } from '../../../lib/control/build/served-heads.ts';
import type { RecordKey, Records } from '../../../lib/ports/records.ts';
import { testStart } from '../../support/config-store.ts';
import { serviceEntry, testDelivery } from '../../support/delivery.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { anyCandidate } from '../../support/leases.ts';
import { recordingLog } from '../../support/recording-log.ts';

for (const hasLed of [true, false])
  test(`LE-20: what a poll builds is not published once another reign has begun${hasLed ? '' : ', the first of all'}`, async () => {
    await publishesUnderTheNewReign(hasLed);
  });

async function publishesUnderTheNewReign(hasLed: boolean): Promise<void> {
  const stored = memoryRecords();
  const others = { records: stored, clock: fakeClock({ at: testStart }), log: recordingLog() };
  const candidate = leaseCandidate(others, leaseKey('builder', ''), anyCandidate('other'));
  if (hasLed) {
    await candidate.attempt();
    await candidate.release();
  }
  /** Another builder takes over just before the first head is written. */
  let headWrites = 0;
  const takenOver = async (key: RecordKey): Promise<void> => {
    if (key.partition !== 'heads') return;
    headWrites += 1;
    if (headWrites === 1) await candidate.attempt();
  };
  const records: Records = {
    ...stored,
    putIf: async (key, record, expected) => takenOver(key).then(() => stored.putIf(key, record, expected)),
    putGuarded: async (key, record, condition) => takenOver(key).then(() => stored.putGuarded(key, record, condition)),
  };
  const delivery = testDelivery({ records });
  delivery.configure(serviceEntry('a.b', '10.0.0.1'));
  assert.equal((await delivery.poll('clusters')).status, 200);
  const heads = await stored.list<Head>('heads');
  assert.deepEqual(
    heads.records.map(({ record }) => record.epoch),
    [1],
  );
  assert.equal(headWrites, 2);
}
