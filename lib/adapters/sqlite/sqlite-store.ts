import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { CorruptStore } from '../../ports/store-errors.ts';
import { systemClock } from '../system/clock.ts';
import {
  DataDirectoryUnusable,
  type DirectoryLock,
  isInitialised,
  lockDirectory,
  markInitialised,
} from './data-directory.ts';
import { migrate, type SchemaRefusal } from './schema.ts';
import { sqliteBlobs } from './sqlite-blobs.ts';
import { accessing } from './sqlite-errors.ts';
import { sqliteRecords } from './sqlite-records.ts';

/** The embedded store: one data directory that one process has open. */
export interface SqliteStore {
  readonly blobs: Blobs;
  readonly records: Records;
  /** Folds the write-ahead log into the database and gives the directory free. Closing twice is harmless. */
  close(): void;
}

/** How long a statement waits for a tool (a backup, a shell) that has the database locked, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** The write-ahead log shrinks back to this size after a burst, in bytes. */
const LOG_BYTES = 64 * 1024 * 1024;

/**
 * Opens a data directory, making it if it is missing. What a call acknowledged is on the disk, also after a power loss:
 * the write-ahead log is synced on every commit. It must be a local disk, since network file systems lack the shared memory
 * that the log needs. Throws DataDirectoryInUse, DataDirectoryUnusable, CorruptStore or StoreUnavailable.
 */
export function openSqliteStore(directory: string, clock: Pick<Clock, 'now'> = systemClock()): SqliteStore {
  const lock = lockDirectory(directory);
  try {
    return storeIn(directory, lock, clock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function storeIn(directory: string, lock: DirectoryLock, clock: Pick<Clock, 'now'>): SqliteStore {
  const file = join(directory, 'store.db');
  if (isInitialised(directory) && isEmpty(file)) throw new CorruptStore(file, new Error('its contents are gone'));
  const db = accessing(file, () => new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }));
  try {
    accessing(file, () => prepareDatabase(directory, db));
    markInitialised(directory);
    return { blobs: sqliteBlobs(db, clock), records: sqliteRecords(db), close: () => closeBoth(db, lock) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function isEmpty(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function prepareDatabase(directory: string, db: DatabaseSync): void {
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') throw new DataDirectoryUnusable(directory, 'its file system cannot hold a write-ahead log');
  db.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${LOG_BYTES}; PRAGMA trusted_schema = OFF;`);
  const refusal = migrate(db);
  if (refusal !== undefined) throw new DataDirectoryUnusable(directory, REFUSALS[refusal]);
}

const REFUSALS: Readonly<Record<SchemaRefusal, string>> = {
  foreign: 'its store.db belongs to another program; choose another directory',
  newer: 'it was written by a newer release; start that release, or choose another directory',
};

function closeBoth(db: DatabaseSync, lock: DirectoryLock): void {
  if (!db.isOpen) return;
  db.close();
  lock.release();
}
