import type { Brand } from '../base/brand.ts';

/** The concurrency token of one stored record; it changes with every write and is never used twice for one key. */
export type Etag = Brand<string, 'Etag'>;
export const etag = (token: string): Etag => token as Etag;

/** `partition` groups records that are listed together; both parts are 1 to 1,000 bytes of UTF-8. */
export interface RecordKey {
  readonly partition: string;
  readonly id: string;
}

export interface StoredRecord<T> {
  readonly id: string;
  readonly record: T;
  readonly etag: Etag;
}

/** The largest record, in bytes of its JSON in UTF-8, that every store holds; a larger one throws RecordTooLarge. */
export const MAX_RECORD_BYTES = 350_000;

/** The longest page that `list` answers, and its default. */
export const MAX_PAGE_RECORDS = 1_000;

/** A record that must be as it was seen for a write to another one to go in. */
export interface RecordGuard {
  readonly key: RecordKey;
  readonly etag: Etag;
}

export interface GuardedCondition {
  readonly expected: Etag | undefined;
  readonly guard: RecordGuard;
}

export interface RecordPage<T> {
  readonly records: readonly StoredRecord<T>[];
  readonly cursor?: string;
}

export interface ListOptions {
  /** From the page before, listed with the same prefix. */
  readonly cursor?: string;
  /** 1 to MAX_PAGE_RECORDS; a page ends earlier when it holds about 1 MB. */
  readonly limit?: number;
  /** Only ids that start with it. */
  readonly prefix?: string;
}

/**
 * Small mutable JSON values that move only by conditional write (DynamoDB in the cloud). Contract:
 * - `putIf(key, record, expected)` writes only if the stored etag is `expected`, or, with `undefined`, if nothing is stored;
 *   it answers the new etag, or `undefined` when the condition did not hold (a lost race is an outcome, not an error).
 * - `putGuarded` writes only if, beside that, the guard's etag is still the one given, both seen in the same instant: who has lost
 *   a lease cannot write what the lease was for (LE-20). The guard is another record than the one written.
 * - Of any number of writers that expect the same etag exactly one wins.
 * - `get` and `list` after a won write see that write or a later one (consistent read).
 * - `removeIf` likewise; removing what is not stored with expectation `undefined` is success (true).
 * - `list` answers one page of a partition in ascending byte order of `id`. A page may be empty and still carry a cursor;
 *   only a page without a cursor is the last.
 * - A write that throws StoreUnavailable has an open outcome: it may have happened, and may happen still. The caller reads
 *   again before it decides.
 * A key outside its limits is a RangeError, a record that JSON cannot hold a TypeError. When it returns, a write is durable.
 */
export interface Records {
  get<T>(key: RecordKey): Promise<StoredRecord<T> | undefined>;
  putIf<T>(key: RecordKey, record: T, expected: Etag | undefined): Promise<Etag | undefined>;
  putGuarded<T>(key: RecordKey, record: T, condition: GuardedCondition): Promise<Etag | undefined>;
  removeIf(key: RecordKey, expected: Etag | undefined): Promise<boolean>;
  list<T>(partition: string, options?: ListOptions): Promise<RecordPage<T>>;
}
