import type { DatabaseSync } from 'node:sqlite';
import { epochMs } from '../../base/brand.ts';
import { type ContentHash, contentHash } from '../../base/hashing.ts';
import { type BlobPage, type Blobs, STORED_AT_SLACK, type StoredBlob } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { intact, nameOf } from '../blob-check.ts';
import { accessing } from './sqlite-errors.ts';

const PAGE_BLOBS = 1_000;

/** Blobs as rows of the embedded database. `putAll` is one transaction, hence one wait for the disk. */
export function sqliteBlobs(db: DatabaseSync, clock: Pick<Clock, 'now'>): Blobs {
  // A young row is not written at all, unless its body is no longer what its name says: then the right bytes heal it (STO-11).
  const insert = db.prepare(
    `INSERT INTO blobs (hash, body, stored_at) VALUES (:hash, :body, :now)
     ON CONFLICT (hash) DO UPDATE SET body = :body, stored_at = :now
     WHERE stored_at < :now - ${STORED_AT_SLACK} OR body <> :body`,
  );
  const select = db.prepare('SELECT body FROM blobs WHERE hash = ?');
  const page = db.prepare(
    'SELECT hash, length(body) AS bytes, stored_at FROM blobs WHERE hash > ? ORDER BY hash LIMIT ?',
  );
  const remove = db.prepare('DELETE FROM blobs WHERE hash = ?');
  const removeOld = db.prepare('DELETE FROM blobs WHERE hash = ? AND stored_at < ?');

  const put = (bytes: Uint8Array): ContentHash => {
    const hash = nameOf(bytes);
    insert.run({ ':hash': hash, ':body': bytes, ':now': clock.now() });
    return hash;
  };
  return {
    put: async (bytes) => accessing('blob', () => put(bytes)),
    putAll: async (bodies) => accessing('blobs', () => inTransaction(db, () => bodies.map(put))),
    get: async (hash) => {
      const row = accessing(`blob ${hash}`, () => select.get(hash));
      return row && intact(hash, row.body as Uint8Array);
    },
    list: async (cursor = '') => accessing('blobs', () => toPage(page.all(cursor, PAGE_BLOBS + 1).map(toStoredBlob))),
    remove: async (hash, storedBefore) => {
      accessing(`blob ${hash}`, () =>
        storedBefore === undefined ? remove.run(hash) : removeOld.run(hash, storedBefore),
      );
    },
  };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some failures (a full disk, for one).
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function toStoredBlob(row: Record<string, unknown>): StoredBlob {
  return { hash: contentHash(String(row.hash)), bytes: Number(row.bytes), storedAt: epochMs(Number(row.stored_at)) };
}

/** From one row more than a page holds, which tells whether there is another page. */
function toPage(found: readonly StoredBlob[]): BlobPage {
  const blobs = found.slice(0, PAGE_BLOBS);
  const last = blobs.at(-1);
  return last && found.length > PAGE_BLOBS ? { blobs, cursor: last.hash } : { blobs };
}
