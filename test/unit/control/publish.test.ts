import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import { durationMs, epochMs, plus } from '../../../lib/base/brand.ts';
import { type Lease, leaseEpoch, planLease, tryLead } from '../../../lib/control/lease.ts';
import { planPublish, type Publication, publish } from '../../../lib/control/publish.ts';
import { type Head, servedHeads } from '../../../lib/control/served-heads.ts';
import type { ViewKey } from '../../../lib/view/proxy-view.ts';
import { testStart } from '../../support/config-store.ts';
import { cluster, endpoints, snapshotOf } from '../../support/envoy-resources.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const old = snapshotOf([cluster('a'), endpoints('a', 1)]);
const sealed = snapshotOf([cluster('a'), endpoints('a', 2)]);

function publication(changes: Partial<Publication> = {}): Publication {
  const viewKey = 'view' as ViewKey;
  return { viewKey, sealed, revision: 5, epoch: leaseEpoch(3), at: testStart, ...changes };
}

const served = (changes: Partial<Head> = {}): Head => ({
  manifest: old.manifestHash,
  epoch: leaseEpoch(3),
  revision: 4,
  publishedAt: testStart,
  ...changes,
});

test('BLD-2: what is published depends on what is served, under which reign', () => {
  const plans = [
    [undefined, 'replace'],
    [served(), 'replace'],
    [served({ manifest: sealed.manifestHash }), 'keep'],
    [served({ epoch: leaseEpoch(4) }), 'step-down'],
    [served({ epoch: leaseEpoch(2) }), 'replace'],
    [served({ revision: 6 }), 'too-old'],
  ] as const;
  for (const [head, plan] of plans) assert.equal(planPublish(head, publication()).plan, plan, JSON.stringify(head));
});

test('BLD-2: a stalled builder of an older reign does not overwrite what the newer one published', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const [stalled, leader] = [servedHeads(records, clock), servedHeads(records, clock)];
  await publish(leader, blobs, publication({ sealed: old, epoch: leaseEpoch(3), revision: 4 }));
  await publish(leader, blobs, publication({ epoch: leaseEpoch(4), revision: 5 }));
  assert.equal(
    await publish(stalled, blobs, publication({ sealed: old, epoch: leaseEpoch(3), revision: 9 })),
    'stepped-down',
  );
  assert.equal((await stalled.lookNow('view' as ViewKey))?.record.manifest, sealed.manifestHash);
});

test('SNAP-1: bodies are stored before the head that names them', async () => {
  const clock = fakeClock({ at: testStart });
  const order: string[] = [];
  const records = memoryRecords();
  const blobs = memoryBlobs();
  const heads = servedHeads(
    {
      get: (key) => records.get(key),
      putIf: (key, record, expected) => {
        order.push('head');
        return records.putIf(key, record, expected);
      },
    },
    clock,
  );
  const watched = {
    ...blobs,
    putAll: (bodies: readonly Uint8Array[]) => {
      order.push('bodies');
      return blobs.putAll(bodies);
    },
  };
  assert.equal(await publish(heads, watched, publication()), 'replaced');
  assert.deepEqual(order, ['bodies', 'head']);
  for (const hash of sealed.blobs.keys()) assert.ok(await blobs.get(hash));
});

test('BLD-2: of two builders that publish at once one loses the race', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const outcomes = await Promise.all([
    publish(servedHeads(records, clock), blobs, publication()),
    publish(servedHeads(records, clock), blobs, publication({ sealed: old })),
  ]);
  assert.deepEqual([...outcomes].sort(), ['lost-race', 'replaced']);
});

const lease = (changes: Partial<Lease> = {}): Lease => ({
  holder: 'a',
  epoch: leaseEpoch(7),
  renewedAt: testStart,
  expiresAt: plus(testStart, durationMs(30_000)),
  ...changes,
});
const later = (ms: number) => epochMs(testStart + ms);

for (const [title, found, candidate, now, expected] of [
  ['nobody leads', undefined, { holder: 'a', reign: undefined }, later(0), 1],
  ['I lead and renewed just now', lease(), { holder: 'a', reign: leaseEpoch(7) }, later(1), 'keep'],
  ['I lead and it is time to renew', lease(), { holder: 'a', reign: leaseEpoch(7) }, later(10_000), 7],
  ['I led before I was restarted', lease(), { holder: 'a', reign: undefined }, later(1), 8],
  ['another one leads', lease(), { holder: 'b', reign: undefined }, later(29_999), 'follow'],
  ['another one led and its lease is over', lease(), { holder: 'b', reign: leaseEpoch(3) }, later(30_000), 8],
] as const) {
  test(`BLD-2: the lease when ${title}`, () => {
    const plan = planLease(found, candidate, now);
    assert.equal(plan.plan === 'write' ? plan.lease.epoch : plan.plan, expected);
  });
}

test('BLD-2: of two candidates that try at once one leads', async () => {
  const [records, clock] = [memoryRecords(), fakeClock({ at: testStart })];
  const epochs = await Promise.all(['a', 'b'].map((holder) => tryLead(records, clock, { holder, reign: undefined })));
  assert.deepEqual(
    epochs.filter((epoch) => epoch !== undefined),
    [1],
  );
});
