import { MAX_PAGE_RECORDS, MAX_RECORD_BYTES, type RecordKey } from '../ports/records.ts';
import { CorruptStore, RecordTooLarge } from '../ports/store-errors.ts';

const MAX_KEY_BYTES = 1_000;
const utf8 = new TextEncoder();

/** How a key is named in errors and logs. */
export const keyName = (key: RecordKey): string => `${key.partition}/${key.id}`;

/** Throws a RangeError for a key that some store could not hold as it is: empty, too long, or not well-formed Unicode. */
export function checkKey(key: RecordKey): void {
  checkKeyPart('partition', key.partition);
  checkKeyPart('id', key.id);
}

export function checkKeyPart(part: 'partition' | 'id', text: string): void {
  // Two different strings with lone surrogates become the same UTF-8.
  if (!text.isWellFormed()) throw new RangeError(`the ${part} of a record key is not well-formed Unicode`);
  const bytes = utf8.encode(text).length;
  if (bytes < 1 || bytes > MAX_KEY_BYTES) {
    throw new RangeError(`the ${part} of a record key has ${bytes} bytes instead of 1 to ${MAX_KEY_BYTES}`);
  }
}

export function checkLimit(limit = MAX_PAGE_RECORDS): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_RECORDS) return limit;
  throw new RangeError(`a page has 1 to ${MAX_PAGE_RECORDS} records, not ${limit}`);
}

/** The record as every store keeps it: JSON text within the size limit. */
export function encodeRecord(key: RecordKey, record: unknown): string {
  const json = JSON.stringify(record) as string | undefined;
  if (json === undefined) throw new TypeError(`the record ${keyName(key)} is nothing that JSON can hold`);
  const bytes = utf8.encode(json).length;
  if (bytes > MAX_RECORD_BYTES) throw new RecordTooLarge(keyName(key), bytes);
  return json;
}

/** The caller names the type; what was stored under the key is what its writer put there. */
export function decodeRecord<T>(key: RecordKey, json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (cause) {
    throw new CorruptStore(keyName(key), cause);
  }
}
