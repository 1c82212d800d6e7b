import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { DataDirectoryInUse, DataDirectoryUnusable } from '../../lib/adapters/sqlite/data-directory.ts';
import { openSqliteStore } from '../../lib/adapters/sqlite/sqlite-store.ts';
import { epochMs } from '../../lib/base/brand.ts';
import { STORED_AT_SLACK } from '../../lib/ports/blobs.ts';
import { CorruptStore, StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function directory(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const made = tempDir(files);
  t.after(() => made.remove());
  return made.path;
}

/** Opens the directory in a process of its own, runs the statements on `store`, and answers what that process printed. */
function inOtherProcess(path: string, statements: string, wrapper: readonly string[] = []): string {
  const store = new URL('../../lib/adapters/sqlite/sqlite-store.ts', import.meta.url).href;
  const program = `
    import { openSqliteStore } from ${JSON.stringify(store)};
    try {
      const store = openSqliteStore(${JSON.stringify(path)});
      ${statements}
    } catch (error) { console.log(error.code, error.message); }`;
  const [command = process.execPath, ...before] = wrapper;
  const node = wrapper.length > 0 ? [...before, process.execPath] : [];
  const ran = spawnSync(command, [...node, '--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout.trim();
}

test('a missing directory is made, for its owner alone', (t) => {
  const path = join(directory(t), 'deep', 'inside');
  openSqliteStore(path).close();
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('STO-5: a second start finds what was acknowledged before a clean close', async (t) => {
  const path = directory(t);
  const first = openSqliteStore(path);
  const hash = await first.blobs.put(bytesOf('kept'));
  const won = await first.records.putIf({ partition: 'p', id: 'a' }, { n: 1 }, undefined);
  first.close();
  first.close();
  assert.ok(!existsSync(join(path, 'store.db-wal')), 'a clean close leaves no log behind');
  const second = openSqliteStore(path);
  t.after(() => second.close());
  assert.deepEqual(Buffer.from((await second.blobs.get(hash)) ?? []).toString(), 'kept');
  assert.deepEqual(await second.records.get({ partition: 'p', id: 'a' }), { id: 'a', record: { n: 1 }, etag: won });
});

test('a second process on the directory is refused and told which process has it', (t) => {
  const path = directory(t);
  const store = openSqliteStore(path);
  assert.equal(
    inOtherProcess(path, 'console.log("opened")'),
    `DATA_DIRECTORY_IN_USE data directory ${path} is in use by process ${process.pid}; stop it, or choose another directory`,
  );
  store.close();
  assert.equal(inOtherProcess(path, 'console.log("opened")'), 'opened');
});

test('a second start within one process is refused as well, and leaves the first working', async (t) => {
  const path = directory(t);
  const store = openSqliteStore(path);
  t.after(() => store.close());
  assert.throws(
    () => openSqliteStore(path),
    (error) => error instanceof DataDirectoryInUse && error.pid === process.pid,
  );
  await store.blobs.put(bytesOf('still'));
  assert.match(inOtherProcess(path, 'console.log("opened")'), /^DATA_DIRECTORY_IN_USE/);
});

test('a file where the directory should be is named as such', (t) => {
  const path = directory(t, { taken: '' });
  assert.throws(() => openSqliteStore(join(path, 'taken')), unusable(/is a file, not a directory/));
  assert.throws(() => openSqliteStore(join(path, 'taken', 'below')), unusable(/is a file, not a directory/));
});

test('an unwritable directory is named as such', (t) => {
  const path = directory(t);
  mkdirSync(join(path, 'closed'));
  chmodSync(join(path, 'closed'), 0o555);
  chmodSync(path, 0o755);
  asOrdinaryUser(() => {
    assert.throws(() => openSqliteStore(join(path, 'closed')), unusable(/may write there/));
    assert.throws(() => openSqliteStore(join(path, 'closed', 'new')), unusable(/may not write there/));
  });
});

test('a database of another program, and one of a newer release, are left alone', (t) => {
  const foreign = directory(t);
  withDatabase(foreign, (db) => db.exec('CREATE TABLE theirs (a)'));
  assert.throws(() => openSqliteStore(foreign), unusable(/belongs to another program/));

  const newer = directory(t);
  openSqliteStore(newer).close();
  withDatabase(newer, (db) => db.exec('PRAGMA user_version = 1000'));
  assert.throws(() => openSqliteStore(newer), unusable(/written by a newer release/));
});

test('a database that has vanished is corrupt, not new: nobody may be served an empty mesh', async (t) => {
  for (const vanish of [(file: string) => rmSync(file), (file: string) => writeFileSync(file, '')]) {
    const path = directory(t);
    openSqliteStore(path).close();
    vanish(join(path, 'store.db'));
    assert.throws(() => openSqliteStore(path), CorruptStore);
  }
});

test('a first start that died before its schema was written is simply repeated', async (t) => {
  const path = directory(t, { 'store.db': '', 'lock.db': '', 'holder.pid': '1' });
  const store = openSqliteStore(path);
  t.after(() => store.close());
  await store.blobs.put(bytesOf('works'));
});

test('a refused start gives the directory free again', (t) => {
  const path = directory(t, { 'store.db': 'this is no database'.repeat(100) });
  assert.throws(() => openSqliteStore(path), CorruptStore);
  assert.throws(() => openSqliteStore(path), CorruptStore);
});

test('STO-11: a blob whose bytes do not match its name is never returned', async (t) => {
  const path = directory(t);
  const before = openSqliteStore(path);
  const hash = await before.blobs.put(bytesOf('right'));
  before.close();
  withDatabase(path, (db) => db.prepare('UPDATE blobs SET body = ?').run(bytesOf('wrong')));
  const after = openSqliteStore(path);
  t.after(() => after.close());
  await assert.rejects(after.blobs.get(hash), CorruptStore);
});

test('STO-11: over a damaged file every read answers the right bytes or CorruptStore, never anything else', async (t) => {
  const path = directory(t);
  const before = openSqliteStore(path);
  const hashes = await before.blobs.putAll(Array.from({ length: 200 }, (_, i) => bytesOf(`body ${i} `.repeat(400))));
  before.close();
  const file = readFileSync(join(path, 'store.db'));
  file.fill(0xff, file.length / 2, file.length / 2 + 60_000);
  writeFileSync(join(path, 'store.db'), file);
  const after = openSqliteStore(path);
  t.after(() => after.close());
  let corrupt = 0;
  for (const [i, hash] of hashes.entries()) {
    const read = await after.blobs.get(hash).catch((error: unknown) => error);
    if (read instanceof CorruptStore) corrupt += 1;
    else assert.equal(Buffer.from(read as Uint8Array).toString(), `body ${i} `.repeat(400));
  }
  assert.ok(corrupt > 0 && corrupt < hashes.length, `${corrupt} of ${hashes.length} are corrupt`);
});

test('a record that is no JSON any more is corrupt, alone and in a list', async (t) => {
  const path = directory(t);
  const before = openSqliteStore(path);
  await before.records.putIf({ partition: 'p', id: 'a' }, 1, undefined);
  before.close();
  withDatabase(path, (db) => db.exec(`UPDATE records SET json = '{'`));
  const after = openSqliteStore(path);
  t.after(() => after.close());
  await assert.rejects(after.records.get({ partition: 'p', id: 'a' }), CorruptStore);
  await assert.rejects(after.records.list('p'), CorruptStore);
});

test('FLT-1: a full disk is StoreFull; what was there stays readable, and writing works again with space', async (t) => {
  const path = directory(t);
  const store = openSqliteStore(path);
  const kept = await store.blobs.put(bytesOf('kept'));
  store.close();
  // A file system of 1 MB that only the other process sees.
  const mount = ['unshare', '-rm', 'sh', '-c', `mount -t tmpfs -o size=1m tmpfs ${path} && exec "$@"`, 'sh'];
  if (spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', path]).status !== 0) {
    return t.skip('this machine does not let a test mount a small file system');
  }
  const printed = inOtherProcess(
    path,
    `const small = await store.blobs.put(Buffer.from('small'));
     const large = [1, 2, 3].map((n) => Buffer.alloc(400_000, n));
     await store.blobs.putAll(large).catch((error) => console.log(error.code));
     await store.records.putIf({ partition: 'p', id: 'a' }, 'x'.repeat(350_000 - 2), undefined)
       .then(() => console.log('fits'), (error) => console.log(error.code));
     console.log((await store.blobs.list()).blobs.length, String(await store.blobs.get(small)) !== 'undefined');
     await store.blobs.remove(small);
     store.close();
     const again = openSqliteStore(${JSON.stringify(path)});
     console.log((await again.blobs.put(Buffer.from('small'))) === small);
     again.close();`,
    mount,
  );
  assert.deepEqual(printed.split('\n'), ['STORE_FULL', 'fits', '1 true', 'true']);
  assert.ok(readdirSync(path).includes('store.db'), 'the real directory was not touched');
  const after = openSqliteStore(path);
  t.after(() => after.close());
  assert.ok(await after.blobs.get(kept));
});

test('a closed store is unavailable', async (t) => {
  const store = openSqliteStore(directory(t));
  store.close();
  await assert.rejects(store.blobs.put(bytesOf('late')), StoreUnavailable);
  await assert.rejects(store.records.list('p'), StoreUnavailable);
});

test('putAll is one transaction: one body that is refused leaves none of them', async (t) => {
  const store = openSqliteStore(directory(t));
  t.after(() => store.close());
  const tooLarge = new Uint8Array(64 * 1024 * 1024 + 1);
  await assert.rejects(store.blobs.putAll([bytesOf('a'), tooLarge]), { code: 'BLOB_TOO_LARGE' });
  assert.deepEqual(await store.blobs.list(), { blobs: [] });
  await store.blobs.putAll([bytesOf('a')]);
  assert.equal((await store.blobs.list()).blobs.length, 1);
});

test('STO-10: putting an old blob again makes it young', async (t) => {
  const clock = fakeClock({ at: epochMs(1_000) });
  const store = openSqliteStore(directory(t), clock);
  t.after(() => store.close());
  await store.blobs.put(bytesOf('old'));
  clock.advance(STORED_AT_SLACK);
  await store.blobs.put(bytesOf('old'));
  assert.equal((await store.blobs.list()).blobs[0]?.storedAt, 1_000);
  clock.advance(1);
  await store.blobs.put(bytesOf('old'));
  assert.equal((await store.blobs.list()).blobs[0]?.storedAt, 1_001 + STORED_AT_SLACK);
});

const unusable = (why: RegExp) => (error: unknown) => error instanceof DataDirectoryUnusable && why.test(error.message);

function withDatabase(path: string, use: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(path, 'store.db'));
  use(db);
  db.close();
}

/** File modes do not stop the superuser, who runs the tests in most containers. */
function asOrdinaryUser(act: () => void): void {
  if (process.geteuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    act();
  } finally {
    process.seteuid?.(0);
  }
}
