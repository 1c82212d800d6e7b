import type { EpochMs } from '../../base/brand.ts';
import type { RecordKey } from '../../ports/records.ts';

/** What is known of the fetching of one key set, by the name of its KeySet. */
export interface KeyFetchState {
  /** When keys came last; 0 for never. */
  readonly lastRefreshed: EpochMs;
  /** When somebody's rule asked for them last. */
  readonly lastUsed: EpochMs;
  /** In a row. */
  readonly failures: number;
  readonly nextAttempt: EpochMs;
  /** Of the last attempt; absent after a success. */
  readonly problem?: { readonly reason: string; readonly message: string };
}

export const KEY_STATES = 'key-sets';

export const keyOfState = (name: string): RecordKey => ({ partition: KEY_STATES, id: name });
