import type { Queue } from '../../../lib/ports/queue.ts';
import { StoreUnavailable } from '../../../lib/ports/store-errors.ts';
import {
  type Intercept,
  interceptBlobs,
  interceptRecords,
  type StoreCall,
} from '../../../tools/support/intercepted-store.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Happening } from './history.ts';
import type { Machine } from './machine.ts';
import type { Store } from './recorded-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What can befall a call of the store. Both ways to die and to stall: before the call has left, and before its answer is heard. */
export const FAULTS = [
  'unavailable',
  'lost answer',
  'late write',
  'slow',
  'dies before',
  'dies after',
  'stalls before',
  'stalls after',
] as const;

export type Fault = (typeof FAULTS)[number];

/** How likely each fault is per call; whatever is left goes well. */
export type FaultOdds = Readonly<Record<Fault, number>>;

/** How long faults last at most, in milliseconds. */
export interface FaultLengths {
  readonly stall: number;
  /** A write may arrive so long after its caller was told that it failed. */
  readonly lateWrite: number;
  readonly slow: number;
}

/** Stalls are longer than a lease, so that whoever stalls for that long has been replaced when it wakes up. */
export const USUAL_LENGTHS: FaultLengths = { stall: 90_000, lateWrite: 45_000, slow: 8_000 };
const LONGEST_LATENCY_MS = 20;

export interface Weather {
  /** The store as a machine reaches it. */
  reach(store: Store, machine: Machine): Store;
  /** The sending end of a queue, likewise. */
  reachQueue(queue: SendingQueue, machine: Machine): SendingQueue;
  /** While the store is away every call fails that reaches it, reads and writes, of every machine. */
  away(isAway: boolean): void;
  /** While it is calm every call goes well; writes that are on their way still arrive. */
  calm(isCalm: boolean): void;
}

export type SendingQueue = Pick<Queue, 'sendAll'>;

interface WeatherPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly note: (happening: Happening) => void;
}

export function weather(
  { time, random, note }: WeatherPorts,
  odds: FaultOdds,
  lengths: FaultLengths = USUAL_LENGTHS,
): Weather {
  let [isCalm, isAway] = [false, false];
  const latency = (): number => 1 + random.below(LONGEST_LATENCY_MS);

  const interceptFor = (machine: Machine): Intercept => {
    /** The call's way to the store, and the answer's way back. */
    const carry = <T>(call: StoreCall<T>, { there, back }: { readonly there: number; readonly back: number }) =>
      new Promise<T>((resolve, reject) => {
        time.after(there, () => {
          const arrived = isAway ? Promise.reject(new StoreUnavailable(call.what, new Error('away'))) : call.run();
          arrived.then(
            (answer) => time.after(back, () => machine.resume(() => resolve(answer))),
            (error: unknown) => time.after(back, () => machine.resume(() => reject(asError(error)))),
          );
        });
      });
    const refuse = <T>(call: StoreCall<T>, after: number, reason: string): Promise<T> =>
      new Promise((_resolve, reject) => {
        const error = new StoreUnavailable(call.what, new Error(reason));
        time.after(after, () => machine.resume(() => reject(error)));
      });
    const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

    return async (call) => {
      const fault = isCalm || isAway ? undefined : pick(random.fraction() / weightOf(call), odds);
      const way = { there: latency(), back: latency() };
      if (fault !== undefined && (call.isWrite || fault !== 'late write'))
        note({ what: 'fault', machine: machine.name, fault, call: call.what });
      switch (fault) {
        case 'unavailable':
          return refuse(call, way.there, fault);
        case 'lost answer':
          void carry(call, way).catch(() => undefined);
          return refuse(call, way.there + way.back, fault);
        case 'late write':
          if (!call.isWrite) return carry(call, way);
          void carry(call, { there: random.below(lengths.lateWrite), back: 0 }).catch(() => undefined);
          return refuse(call, way.there, fault);
        case 'slow':
          return carry(call, { there: random.below(lengths.slow), back: random.below(lengths.slow) });
        case 'dies before':
          machine.kill();
          return never();
        case 'dies after':
          void carry(call, way).catch(() => undefined);
          machine.kill();
          return never();
        case 'stalls before': {
          const forMs = random.below(lengths.stall);
          machine.stall(forMs);
          return carry(call, { there: forMs + way.there, back: way.back });
        }
        case 'stalls after':
          machine.stall(random.below(lengths.stall));
          return carry(call, way);
        case undefined:
          return carry(call, way);
      }
    };
  };
  return {
    reach({ blobs, records }, machine) {
      const intercept = interceptFor(machine);
      return { blobs: interceptBlobs(blobs, intercept), records: interceptRecords(records, intercept) };
    },
    reachQueue(queue, machine) {
      const intercept = interceptFor(machine);
      return {
        sendAll: (messages) => {
          const asGiven = structuredClone(messages);
          return intercept({ what: 'queue.sendAll', isWrite: true, run: () => queue.sendAll(asGiven) });
        },
      };
    },
    calm: (is) => void (isCalm = is),
    away: (is) => void (isAway = is),
  };
}

/** The moments that everything turns on come rarely and are the ones to hit: writes of the records that all agree by. */
const weightOf = ({ what, isWrite }: StoreCall<unknown>): number =>
  isWrite && / (config|heads|leases)\//.test(what) ? PIVOTAL_WEIGHT : 1;

const PIVOTAL_WEIGHT = 4;

function pick(fraction: number, odds: FaultOdds): Fault | undefined {
  let below = 0;
  for (const fault of FAULTS) {
    below += odds[fault];
    if (fraction < below) return fault;
  }
  return undefined;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
