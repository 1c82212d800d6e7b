import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from '../../lib/adapters/sqlite/schema.ts';
import { sqliteBlobs } from '../../lib/adapters/sqlite/sqlite-blobs.ts';
import { sqliteRecords } from '../../lib/adapters/sqlite/sqlite-records.ts';
import { localConfigApi } from '../../lib/control/config/config-api.ts';
import { configSource } from '../../lib/control/build/config-source.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { countingIds, skippingClock } from '../support/config-store.ts';
import { sentIn, serviceEntry, testDelivery } from '../support/delivery.ts';
import { recordingLog } from '../support/recording-log.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The service over an embedded database that may have so many pages and no more, as on a disk that is full. */
function serviceIn(directory: string) {
  const db = new DatabaseSync(join(directory, 'store.db'));
  db.exec('PRAGMA journal_mode = WAL');
  migrate(db);
  const clock = skippingClock();
  const store = { blobs: sqliteBlobs(db, clock), records: sqliteRecords(db), clock, log: recordingLog() };
  const api = localConfigApi({ ...store, ids: countingIds(), secrets: memorySecretBox() });
  const delivery = testDelivery({ blobs: store.blobs, records: store.records, config: configSource(store) });
  return {
    delivery,
    pages: () => Number(db.prepare('PRAGMA page_count').get()?.['page_count']),
    allow: (pages: number) => db.exec(`PRAGMA max_page_count = ${pages}`),
    apply: async (text: string) => api.fetch(new Request('http://api/v1/apply', { method: 'POST', body: text })),
    async newest(): Promise<{ readonly revision: number; readonly objects: number }> {
      const answer = await api.fetch(new Request('http://api/v1/revisions?limit=1'));
      const { revisions } = (await answer.json()) as { revisions: { revision: number; objects: number }[] };
      const { revision, objects } = revisions[0] ?? { revision: 0, objects: 0 };
      return { revision, objects };
    },
    close: () => db.close(),
  };
}

/** How many more pages there are to be had, in turn: every write on the way meets the end of the disk once. */
const ROOM = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20];

test('FLT-1, STO-4, STO-5: on a full disk applies are refused, what was acknowledged stays, and polls are answered', async (t) => {
  const directory = tempDir();
  const service = serviceIn(directory.path);
  t.after(() => (service.close(), directory.remove()));
  const { delivery } = service;
  assert.equal((await service.apply(serviceEntry('first.a', '10.0.0.1'))).status, 200);
  await delivery.builder.build('test');
  const first = await sentIn(await delivery.poll('clusters'));

  const full = service.pages();
  let acknowledged = await service.newest();
  let refused = 0;
  for (const [index, room] of ROOM.entries()) {
    service.allow(full + room);
    const answer = await service.apply(serviceEntry(`more${index}.a`, `10.0.1.${index}`) + padding(index));
    const said = (await answer.json()) as {
      readonly revision?: number;
      readonly code?: string;
      readonly message?: string;
    };
    const after = await service.newest();
    if (answer.status === 200) {
      assert.deepEqual(after, { revision: said.revision, objects: acknowledged.objects + 2 });
      acknowledged = after;
    } else {
      refused += 1;
      assert.equal(answer.status, 503);
      assert.equal(said.code, 'STORE_FULL');
      assert.match(said.message ?? '', /is full/);
      assert.deepEqual(after, acknowledged, 'nothing of a refused apply is there');
    }
    // Whatever becomes of the build, every proxy that is known keeps being answered.
    await delivery.builder.build('test').catch(() => undefined);
    delivery.clock.advance(durationMs(2_000));
    const poll = await delivery.poll('clusters', { version: first.version_info });
    assert.ok([200, 304].includes(poll.status), `a poll was answered ${poll.status}`);
  }
  assert.ok(refused >= 3, `only ${refused} applies met the end of the disk`);

  service.allow(full + 10_000);
  assert.equal((await service.apply(serviceEntry('last.a', '10.0.2.1'))).status, 200);
  assert.equal((await delivery.builder.build('test')).outcome, 'built');
  delivery.clock.advance(durationMs(2_000));
  const names = (await sentIn(await delivery.poll('clusters'))).resources.map(({ name = '' }) => name);
  assert.ok(names.some((name) => name.includes('last.a')));
  assert.ok(names.some((name) => name.includes('first.a')));
});

/** An object of several pages, so that an apply needs room. */
function padding(index: number): string {
  return serviceEntry(`pad${index}.a`, '10.0.3.1').replace(
    'metadata: {',
    `metadata: { annotations: { pad: ${'x'.repeat(9_000)} },`,
  );
}
