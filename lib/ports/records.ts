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

/**
 * Small mutable JSON values that move only by conditional write (DynamoDB in the cloud). Contract:
 * - `putIf(key, record, expected)` writes only if the stored etag is `expected`, or, with `undefined`, if nothing is stored;
 *   it answers the new etag, or `undefined` when the condition did not hold (a lost race is an outcome, not an error).
 * - Of any number of writers that expect the same etag exactly one wins.
 * - `get` after a won `putIf` sees that write or a later one (consistent read).
 * - `removeIf` likewise; removing what is not stored with expectation `undefined` is success (true).
 * - `list` answers one page of a partition in ascending byte order of `id`, after `cursor` when given.
 * A record is at most 350,000 bytes of JSON; larger ones throw RecordTooLarge. When it returns, a write is durable.
 */
export interface Records {
  get<T>(key: RecordKey): Promise<StoredRecord<T> | undefined>;
  putIf<T>(key: RecordKey, record: T, expected: Etag | undefined): Promise<Etag | undefined>;
  removeIf(key: RecordKey, expected: Etag | undefined): Promise<boolean>;
  list<T>(
    partition: string,
    options?: { readonly cursor?: string; readonly limit?: number; readonly prefix?: string },
  ): Promise<{ readonly records: readonly StoredRecord<T>[]; readonly cursor?: string }>;
}
