import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './sqlite-errors.ts';

/** Another process (or this one) has the data directory open; nothing was touched. */
export class DataDirectoryInUse extends Error {
  readonly code = 'DATA_DIRECTORY_IN_USE';
  readonly directory: string;
  /** The process that holds it, when it could be read. */
  readonly pid: number | undefined;
  constructor(directory: string, pid: number | undefined) {
    const holder = pid === undefined ? 'another process' : `process ${pid}`;
    super(`data directory ${directory} is in use by ${holder}; stop it, or choose another directory`);
    this.name = 'DataDirectoryInUse';
    this.directory = directory;
    this.pid = pid;
  }
}

/** The data directory cannot be used as it is: not writable, not a directory, or written by a newer release. */
export class DataDirectoryUnusable extends Error {
  readonly code = 'DATA_DIRECTORY_UNUSABLE';
  readonly directory: string;
  constructor(directory: string, why: string, cause?: unknown) {
    super(`data directory ${directory} cannot be used: ${why}`, { cause });
    this.name = 'DataDirectoryUnusable';
    this.directory = directory;
  }
}

/** The right to be the only process in a data directory. It ends with `release`, or with the process however that dies. */
export interface DirectoryLock {
  release(): void;
}

/** Makes the directory if it is missing (readable by its owner alone) and takes it for this process. */
export function lockDirectory(directory: string): DirectoryLock {
  makeDirectory(directory);
  const lock = openLock(directory);
  noteHolder(directory);
  return { release: () => lock.close() };
}

function makeDirectory(directory: string): void {
  try {
    const missing = missingParents(directory);
    for (const path of missing) mkdirSync(path, { mode: 0o700 });
    if (missing[0] !== undefined) syncDirectory(dirname(missing[0]));
    else if (!statSync(directory).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'EEXIST' });
  } catch (cause) {
    throw new DataDirectoryUnusable(directory, reasonOf(cause), cause);
  }
}

/**
 * What has to be made for the directory to be there, outermost first. `mkdirSync` with `recursive` is no help: where a
 * directory may not be made at all (below /proc), it tries for ever.
 */
function missingParents(directory: string): readonly string[] {
  const missing: string[] = [];
  for (let path = resolve(directory); !existsSync(path); path = dirname(path)) missing.unshift(path);
  return missing;
}

/**
 * An open write transaction on a database that is never written: the operating system drops its file lock with the process,
 * so that there is no leftover to clean up after `kill -9`, and readers of the main database are not disturbed.
 */
function openLock(directory: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 });
    lock.exec('BEGIN IMMEDIATE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (isBusy(cause)) throw new DataDirectoryInUse(directory, readHolder(directory));
    throw new DataDirectoryUnusable(directory, reasonOf(cause), cause);
  }
}

const holderFile = (directory: string): string => join(directory, 'holder.pid');

/** Serves the message of a refused second start only; the lock does not depend on it. */
function noteHolder(directory: string): void {
  try {
    writeFileSync(holderFile(directory), `${process.pid}\n`);
  } catch {
    // On a full disk the store still opens, and reads; a second start is then refused without the number.
  }
}

function readHolder(directory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(holderFile(directory), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    // The holder has the lock but has not written its number yet; the message does without.
    return undefined;
  }
}

const markFile = (directory: string): string => join(directory, 'initialised');

/** Whether a store was once set up here. Without it, a lost database would look like a new one, and an empty mesh would be served. */
export function isInitialised(directory: string): boolean {
  return existsSync(markFile(directory));
}

/** Notes that the database is set up; called after its schema is on the disk, so that a start that died half-way is repeated. */
export function markInitialised(directory: string): void {
  try {
    if (!isInitialised(directory))
      writeFileSync(markFile(directory), 'A pilotless data directory: store.db holds everything.\n');
    syncDirectory(directory);
  } catch (cause) {
    throw new DataDirectoryUnusable(directory, reasonOf(cause), cause);
  }
}

/** Makes new names in a directory survive a power loss. Windows has no such call and needs none. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file, not a directory',
  ENOTDIR: 'a part of its path is a file, not a directory',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const known = 'code' in cause && typeof cause.code === 'string' ? REASONS[cause.code] : undefined;
  return known ?? `${cause.message}; check that it exists and that this user may write there`;
}
