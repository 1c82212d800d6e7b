import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { contentHash, hashBytes } from '../../../../lib/base/hashing.ts';
import { leaseEpoch } from '../../../../lib/control/lead/lease.ts';
import { planPublish, type Publication, publish, type PublishPorts } from '../../../../lib/control/build/publish.ts';
import { type Head, type ServedHeads, servedHeads } from '../../../../lib/control/build/served-heads.ts';
import { storedSnapshots } from '../../../../lib/control/build/stored-snapshots.ts';
import { reportSealer, storedReports } from '../../../../lib/control/status/view-report.ts';
import type { Issue } from '../../../../lib/base/issue.ts';
import type { EnvoyResource } from '../../../../lib/envoy/envoy-resource.ts';
import type { Blobs } from '../../../../lib/ports/blobs.ts';
import type { Sealed } from '../../../../lib/snapshot/snapshot.ts';
import type { ViewKey } from '../../../../lib/view/proxy-view.ts';
import { testStart } from '../../../support/config-store.ts';
import { cluster, endpoints, snapshotOf } from '../../../support/envoy-resources.ts';
import { blobsByHash } from '../../../support/offers.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

const old = snapshotOf([cluster('a'), endpoints('a', 1)]);
const sealed = snapshotOf([cluster('a'), endpoints('a', 2)]);

const reportOf = (...issues: readonly Issue[]) =>
  reportSealer().seal('view' as ViewKey, {
    issues,
    sources: new Map([['Service/default/a', new Set(['clusters/a'])]]),
  });
const report = reportOf();

const stored = (blobs: Blobs) => ({ snapshots: storedSnapshots(blobs), reports: storedReports(blobs) });

function publication(changes: Partial<Publication> = {}): Publication {
  const viewKey = 'view' as ViewKey;
  return { viewKey, sealed, report, revision: 5, epoch: leaseEpoch(3), at: testStart, ...changes };
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
    [served({ manifest: sealed.manifestHash, report: report.hash }), 'keep'],
    [served({ manifest: sealed.manifestHash }), 'annotate'],
    [served({ epoch: leaseEpoch(4) }), 'step-down'],
    [served({ epoch: leaseEpoch(2) }), 'replace'],
    [served({ revision: 6 }), 'too-old'],
  ] as const;
  for (const [head, plan] of plans) assert.equal(planPublish(head, publication()).plan, plan, JSON.stringify(head));
});

test('BLD-2: a stalled builder of an older reign does not overwrite what the newer one published', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const [stalled, leader] = [servedHeads(records, clock), servedHeads(records, clock)];
  const ports = (heads: ServedHeads): PublishPorts => ({ heads, blobs, ...stored(blobs) });
  await publish(ports(leader), publication({ sealed: old, epoch: leaseEpoch(3), revision: 4 }));
  await publish(ports(leader), publication({ epoch: leaseEpoch(4), revision: 5 }));
  assert.equal(
    await publish(ports(stalled), publication({ sealed: old, epoch: leaseEpoch(3), revision: 9 })),
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
      ...records,
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
  assert.equal(await publish({ heads, blobs: watched, ...stored(blobs) }, publication()), 'replaced');
  assert.deepEqual(order, ['bodies', 'head']);
  for (const hash of blobsByHash(sealed).keys()) assert.ok(await blobs.get(contentHash(hash)));
});

test('SNAP-1: what the served snapshot names is not written again, and what it names by mistake is', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const heads = servedHeads(records, clock);
  const written: string[][] = [];
  const counting = {
    putAll: (bodies: readonly Uint8Array[]) => {
      written.push(bodies.map(hashBytes));
      return blobs.putAll(bodies);
    },
  };
  const mesh = (port: number, ...more: EnvoyResource[]): Sealed =>
    snapshotOf([
      ...Array.from({ length: 200 }, (_, index) => endpoints(`c-${index}`, index === 7 ? port : 1)),
      cluster('c-7'),
      ...more,
    ]);
  const put = async (next: Sealed): Promise<readonly string[]> => {
    // As a builder that has just started: nothing in its memory.
    const ports = { heads, blobs: counting, ...stored(blobs) };
    assert.equal(await publish(ports, publication({ sealed: next })), 'replaced');
    return written.at(-1) ?? [];
  };
  const all = await put(mesh(1));
  assert.deepEqual(new Set(all), new Set([...blobsByHash(mesh(1)).keys(), report.hash, ...report.root.shards]));
  assert.equal((await put(mesh(2))).length, 3, 'the body, its shard and the manifest');
  assert.equal((await put(mesh(2, cluster('new')))).length, 3, 'the body of all clusters, one shard, the manifest');

  await blobs.remove(contentHash((await heads.lookNow('view' as ViewKey))?.record.manifest ?? ''));
  const healed = mesh(3, cluster('new'));
  assert.deepEqual(
    new Set(await put(healed)),
    new Set(blobsByHash(healed).keys()),
    'an unreadable one counts for nothing',
  );
});

test('BLD-2: of two builders that publish at once one loses the race', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const outcomes = await Promise.all([
    publish({ heads: servedHeads(records, clock), blobs, ...stored(blobs) }, publication()),
    publish({ heads: servedHeads(records, clock), blobs, ...stored(blobs) }, publication({ sealed: old })),
  ]);
  assert.deepEqual([...outcomes].sort(), ['lost-race', 'replaced']);
});

test('ST-9: what is told of a snapshot beside it changes with it, and is no new snapshot for proxies', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const ports: PublishPorts = { heads: servedHeads(records, clock), blobs, ...stored(blobs) };
  assert.equal(await publish(ports, publication()), 'replaced');
  const first = (await ports.heads.lookNow('view' as ViewKey))?.record;
  const issue: Issue = { severity: 'warning', code: 'ODD', resource: 'Service/default/a', path: '', message: 'is odd' };
  const told = reportOf(issue);
  assert.equal(await publish(ports, publication({ report: told, revision: 6, at: clock.now() })), 'kept');
  const head = (await ports.heads.lookNow('view' as ViewKey))?.record;
  assert.deepEqual(head, { ...first, report: told.hash });
  const root = await storedReports(blobs).root(told.hash);
  assert.deepEqual(root.issues, [issue]);
  assert.deepEqual(
    [...(await storedReports(blobs).madeOf(root, ['Service/default/a', 'Service/default/b']))],
    [['Service/default/a', ['clusters/a']]],
  );
});

test('LE-20: a stalled leader publishes nothing, even where its successor left the head alone', async () => {
  const [records, blobs, clock] = [memoryRecords(), memoryBlobs(), fakeClock({ at: testStart })];
  const heads = servedHeads(records, clock);
  const ports: PublishPorts = { heads, blobs, ...stored(blobs) };
  await publish(ports, publication({ sealed: old, epoch: leaseEpoch(3), revision: 4 }));
  const lease = { partition: 'leases', id: 'builder' };
  const held = await records.putIf(lease, 'stalled', undefined);
  assert.ok(held);
  // The successor finds that nothing changed for this view, so the head still names the older reign and revision.
  await records.putIf(lease, 'successor', held);
  assert.equal(await publish(ports, publication({ sealed: old, epoch: leaseEpoch(4), revision: 6 })), 'kept');
  const late = publication({ epoch: leaseEpoch(3), revision: 5, guard: { key: lease, etag: held } });
  assert.equal(await publish(ports, late), 'lost-race');
  assert.equal((await heads.lookNow('view' as ViewKey))?.record.manifest, old.manifestHash);
});
