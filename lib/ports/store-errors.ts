/** The store answered with something that cannot be true; retrying will not help. Operators see `code` in alarms. */
export class CorruptStore extends Error {
  readonly code = 'CORRUPT_STORE';
  readonly key: string;
  constructor(key: string, cause?: unknown) {
    super(`stored object ${key} does not match its name or cannot be read`, { cause });
    this.name = 'CorruptStore';
    this.key = key;
  }
}

/** A record over the size that every adapter can hold; the caller put into a record what belongs into a blob. */
export class RecordTooLarge extends Error {
  readonly code = 'RECORD_TOO_LARGE';
  readonly key: string;
  constructor(key: string, bytes: number) {
    super(`record ${key} has ${bytes} bytes, more than the 350,000 that every store can hold`);
    this.name = 'RecordTooLarge';
    this.key = key;
  }
}

/** A body over the size that every store can hold. */
export class BlobTooLarge extends Error {
  readonly code = 'BLOB_TOO_LARGE';
  constructor(bytes: number) {
    super(`a blob of ${bytes} bytes is larger than the 64 MiB that every store can hold`);
    this.name = 'BlobTooLarge';
  }
}

/** The store is there but will not serve us: no permission, no such table or bucket. An operator must act; retrying will not help. */
export class StoreRefused extends Error {
  readonly code = 'STORE_REFUSED';
  readonly key: string;
  constructor(key: string, cause?: unknown) {
    super(`the store refused the request for ${key}: ${cause instanceof Error ? cause.message : 'no reason given'}`, {
      cause,
    });
    this.name = 'StoreRefused';
    this.key = key;
  }
}

/** The store could not be reached or refused for now (throttled, disk full, 503); the same call may succeed later. */
export class StoreUnavailable extends Error {
  readonly code: 'STORE_UNAVAILABLE' | 'STORE_FULL' = 'STORE_UNAVAILABLE';
  readonly key: string;
  constructor(key: string, cause?: unknown, message = `the store is not available for ${key}`) {
    super(message, { cause });
    this.name = 'StoreUnavailable';
    this.key = key;
  }
}

/** A message over the size that every queue can hold; the caller put into a message what belongs into a blob. */
export class MessageTooLarge extends Error {
  readonly code = 'MESSAGE_TOO_LARGE';
  constructor(bytes: number) {
    super(`a message of ${bytes} bytes is larger than the 256 KiB that every queue can hold`);
    this.name = 'MessageTooLarge';
  }
}

/** There is no room for what was to be written; what is there can be read. It takes an operator to make room. */
export class StoreFull extends StoreUnavailable {
  override readonly code = 'STORE_FULL';
  constructor(key: string, cause?: unknown) {
    super(key, cause, `the store is full: there is no room for ${key}`);
    this.name = 'StoreFull';
  }
}
