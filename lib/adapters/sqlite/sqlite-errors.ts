import { CorruptStore, StoreFull, StoreUnavailable } from '../../ports/store-errors.ts';

// Primary result codes, https://sqlite.org/rescode.html; extended codes carry more in their higher bytes.
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

const TRANSIENT = new Set([BUSY, LOCKED, READONLY, IOERR, CANTOPEN]);

/** Runs one access to the database and words its failures as the ports do; anything else is passed on as it is. */
export function accessing<T>(key: string, access: () => T): T {
  try {
    return access();
  } catch (cause) {
    throw toStoreError(key, cause);
  }
}

function toStoreError(key: string, cause: unknown): unknown {
  const code = resultCode(cause);
  if (code === CORRUPT || code === NOTADB) return new CorruptStore(key, cause);
  if (code === FULL) return new StoreFull(key, cause);
  if (code !== undefined && TRANSIENT.has(code)) return new StoreUnavailable(key, cause);
  if (isClosed(cause)) return new StoreUnavailable(key, cause);
  return cause;
}

export const isBusy = (cause: unknown): boolean => resultCode(cause) === BUSY;

function resultCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause) || typeof cause.errcode !== 'number') return undefined;
  return cause.errcode & 0xff;
}

/** What `node:sqlite` throws on a database or statement after `close`. */
function isClosed(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_INVALID_STATE';
}
