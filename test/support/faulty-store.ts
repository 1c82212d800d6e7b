import type { Blobs } from '../../lib/ports/blobs.ts';
import { MAX_PAGE_RECORDS, type Records } from '../../lib/ports/records.ts';
import { StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { interceptBlobs, interceptRecords, type StoreCall } from '../../tools/support/intercepted-store.ts';
import { seededRandom } from './seeded-random.ts';

/** How likely each fault is per call, from 0 to 1; together at most 1. */
export interface FaultOdds {
  /** StoreUnavailable, and the call was never carried out. */
  readonly unavailable: number;
  /** StoreUnavailable, although the call was carried out. */
  readonly lostAnswer: number;
  /** StoreUnavailable now; a write is carried out some calls later, when its caller has long gone on. */
  readonly lateWrite: number;
}

const USUAL_ODDS: FaultOdds = { unavailable: 0.1, lostAnswer: 0.1, lateWrite: 0.05 };

/** Bad luck that one seed repeats; share one among all stores of a simulation. */
export interface Faults {
  readonly seed: number;
  /** From here on every call works; writes that were still on their way arrive now. */
  readonly stop: () => Promise<void>;
  /** What happened to each call, in order: shows how a seed failed. */
  readonly history: readonly string[];
  readonly meet: <T>(call: StoreCall<T>) => Promise<T>;
  /** A page limit of 1 to 3 half of the time, so that callers meet cursors. */
  readonly pageLimit: (wanted: number) => number;
}

/** Every call waits up to so many turns of the microtask queue, which shuffles the order among concurrent callers. */
const LONGEST_DELAY_TURNS = 12;

/** The chance, per call, that the oldest write still on its way arrives. */
const ARRIVAL = 0.2;

export function seededFaults(seed: number, odds: FaultOdds = USUAL_ODDS): Faults {
  const random = seededRandom(seed);
  const history: string[] = [];
  const onTheirWay: (() => Promise<unknown>)[] = [];
  let stopped = false;

  const meet = async <T>(call: StoreCall<T>): Promise<T> => {
    if (stopped) return call.run();
    const fault = pickFault(random.fraction(), odds);
    history.push(`${call.what}: ${fault}`);
    await turns(random.below(LONGEST_DELAY_TURNS));
    if (random.fraction() < ARRIVAL) await onTheirWay.shift()?.();
    if (fault === 'late write' && call.isWrite) onTheirWay.push(call.run);
    if (fault === 'none' || fault === 'lost answer') {
      const answer = await call.run();
      await turns(random.below(LONGEST_DELAY_TURNS));
      if (fault === 'none') return answer;
    }
    throw new StoreUnavailable(call.what, new Error(`${fault}, seed ${seed}`));
  };
  return {
    seed,
    history,
    meet,
    pageLimit: (wanted) => (stopped || random.fraction() < 0.5 ? wanted : Math.min(wanted, 1 + random.below(3))),
    stop: async () => {
      stopped = true;
      while (onTheirWay.length > 0) await onTheirWay.shift()?.();
    },
  };
}

/** Records that meet faults on every call. */
export function flakyRecords(records: Records, faults: Faults): Records {
  const flaky = interceptRecords(records, faults.meet);
  return {
    ...flaky,
    list: (partition, options = {}) =>
      flaky.list(partition, { ...options, limit: faults.pageLimit(options.limit ?? MAX_PAGE_RECORDS) }),
  };
}

/** Blobs that meet faults on every call. */
export function flakyBlobs(blobs: Blobs, faults: Faults): Blobs {
  return interceptBlobs(blobs, faults.meet);
}

type Fault = 'none' | 'unavailable' | 'lost answer' | 'late write';

function pickFault(fraction: number, odds: FaultOdds): Fault {
  if (fraction < odds.unavailable) return 'unavailable';
  if (fraction < odds.unavailable + odds.lostAnswer) return 'lost answer';
  return fraction < odds.unavailable + odds.lostAnswer + odds.lateWrite ? 'late write' : 'none';
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
