import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openSqliteStore } from '../../lib/adapters/sqlite/sqlite-store.ts';
import type { ContentHash } from '../../lib/base/hashing.ts';
import { configSource } from '../../lib/control/build/config-source.ts';
import { CorruptStore } from '../../lib/ports/store-errors.ts';
import { applyText } from '../support/apply.ts';
import { testPorts, testStore } from '../support/config-store.ts';
import { sentIn, serviceEntry, testDelivery, type TestDelivery } from '../support/delivery.ts';
import { tempDir } from '../support/temp-dir.ts';

/** What a disk, or a copy that broke off, does to bytes. */
const DAMAGES: Readonly<Record<string, (whole: Uint8Array) => Uint8Array>> = {
  truncated: (whole) => whole.slice(0, whole.length >> 1),
  empty: () => new Uint8Array(),
  'flipped by one bit': (whole) => whole.map((byte, index) => (index === whole.length >> 1 ? byte ^ 1 : byte)),
};

type Damage = (hash: ContentHash, bytes: Uint8Array) => void;

/** An embedded store with a config and the snapshot of one view that was built of it, and a way to write bytes under a name. */
async function servedFromDisk(t: TestContext) {
  const directory = tempDir();
  const store = openSqliteStore(directory.path);
  const { blobs, records } = store;
  await applyText(
    testStore({ blobs, records }),
    serviceEntry('one.com', '10.0.0.1') + serviceEntry('two.com', '10.0.0.2'),
  );
  /** A process that remembers nothing. */
  const cold = (): TestDelivery => {
    const config = configSource(testPorts({ blobs, records }));
    return testDelivery({ blobs, records, config, hearsAllPolls: false });
  };
  const db = new DatabaseSync(join(directory.path, 'store.db'));
  const overwrite = db.prepare('UPDATE blobs SET body = ? WHERE hash = ?');
  const damage: Damage = (hash, bytes) => void overwrite.run(bytes, hash);
  t.after(() => {
    db.close();
    store.close();
    directory.remove();
  });
  return { blobs, records, cold, damage };
}

async function corruptions({ operations }: TestDelivery): Promise<number> {
  const text = await (await operations(new Request('http://x/metrics'))).text();
  return Number(/^pilotless_corrupt_store_total (\d+)/m.exec(text)?.[1]);
}

for (const [what, damaged] of Object.entries(DAMAGES)) {
  test(`STO-11: any one blob ${what}: polls get the right bytes or 503 and an alarm, memory serves on, the right bytes heal`, async (t) => {
    const { blobs, cold, damage } = await servedFromDisk(t);
    const warm = cold();
    const whole = await sentIn(await warm.poll('clusters'));
    await warm.builder.build('config');
    let refused = 0;
    let unbuilt = 0;
    for (const { hash } of (await blobs.list()).blobs) {
      const right = await blobs.get(hash);
      assert.ok(right);
      damage(hash, damaged(right));
      await assert.rejects(blobs.get(hash), CorruptStore);
      const reader = cold();
      const answer = await reader.poll('clusters');
      if (answer.status === 503) {
        refused += 1;
        assert.match(await answer.text(), /the poll could not be answered; poll again/);
        assert.equal(reader.log.fieldsOf('poll-failed').length, 1);
        assert.equal(await corruptions(reader), 1);
      } else assert.deepEqual(await sentIn(answer), whole);
      const builder = cold();
      if (await builder.builder.build('config').then(() => false, isCorrupt)) {
        unbuilt += 1;
        assert.equal(await corruptions(builder), 1);
      }
      assert.deepEqual(await sentIn(await warm.poll('clusters')), whole);

      assert.equal(await blobs.put(right), hash);
      assert.deepEqual(await blobs.get(hash), right);
      assert.deepEqual(await sentIn(await cold().poll('clusters')), whole);
    }
    assert.ok(refused >= 2, `the manifest and what it names: ${refused}`);
    assert.ok(unbuilt >= 3, `a commit, a node and an object: ${unbuilt}`);
  });

  test(`STO-11, STO-10: with a blob of the config ${what} a sweep counts it and takes nothing away`, async (t) => {
    const { blobs, cold, damage } = await servedFromDisk(t);
    const before = (await blobs.list()).blobs;
    let stopped = 0;
    for (const { hash } of before) {
      const right = await blobs.get(hash);
      assert.ok(right);
      damage(hash, damaged(right));
      const sweeper = cold();
      if (await sweeper.keeper.step().then(() => false, isCorrupt)) {
        stopped += 1;
        assert.equal(await corruptions(sweeper), 1);
      }
      await blobs.put(right);
    }
    const left = new Set((await blobs.list()).blobs.map(({ hash }) => hash));
    for (const { hash } of before) assert.ok(left.has(hash));
    assert.ok(stopped >= 2, `a commit and a node of its tree: ${stopped}`);
  });
}

test('STO-11: a view whose head is taken away is built again, and what was damaged of its snapshot is healed', async (t) => {
  const { blobs, records, cold, damage } = await servedFromDisk(t);
  const config = new Set((await blobs.list()).blobs.map(({ hash }) => hash));
  const whole = await sentIn(await cold().poll('clusters'));
  const { records: heads } = await records.list('heads');
  const parts = (await blobs.list()).blobs.filter(({ hash }) => !config.has(hash));
  for (const { hash } of parts) damage(hash, new Uint8Array());
  assert.equal((await cold().poll('clusters')).status, 503);
  for (const { id, etag } of heads) await records.removeIf({ partition: 'heads', id }, etag);
  assert.deepEqual(await sentIn(await cold().poll('clusters')), whole);
  for (const { hash } of parts) assert.ok(await blobs.get(hash));
});

test('STO-11: a process that has met damage in a snapshot heals all of it with the next build, though nothing else changed', async (t) => {
  const { blobs, cold, damage } = await servedFromDisk(t);
  const config = new Set((await blobs.list()).blobs.map(({ hash }) => hash));
  const whole = await sentIn(await cold().poll('clusters'));
  const parts = (await blobs.list()).blobs.filter(({ hash }) => !config.has(hash));
  const met = cold();
  for (const { hash } of parts) damage(hash, new Uint8Array());
  assert.equal((await met.poll('clusters')).status, 503);
  await met.builder.build('config');
  assert.deepEqual(await sentIn(await met.poll('clusters')), whole);
  assert.deepEqual(await sentIn(await cold().poll('clusters')), whole);
});

function isCorrupt(error: unknown): true {
  assert.ok(error instanceof CorruptStore, String(error));
  return true;
}
