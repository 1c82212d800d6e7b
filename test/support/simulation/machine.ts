import { epochMs } from '../../../lib/base/brand.ts';
import type { Clock } from '../../../lib/ports/clock.ts';
import { testStart } from '../config-store.ts';
import type { Happening } from './history.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One process of the service: it has a clock of its own, and it can be stopped for a while or for good. */
export interface Machine {
  readonly name: string;
  readonly clock: Clock;
  readonly isAlive: () => boolean;
  /** Rejects with MachineDied when it dies before the work is done. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Goes on at once, or when the machine has woken up; never once it has died. */
  resume(goOn: () => void): void;
  stall(forMs: number): void;
  kill(): void;
}

/** What whoever waited for an answer of a process learns when it dies. */
export class MachineDied extends Error {
  constructor(name: string) {
    super(`${name} has died`);
    this.name = 'MachineDied';
  }
}

interface MachinePorts {
  readonly time: VirtualTime;
  readonly note: (happening: Happening) => void;
}

interface MachineMake {
  readonly name: string;
  /** How far its clock is from the true time. */
  readonly skewMs: number;
  readonly onDeath: () => void;
}

export function machine({ time, note }: MachinePorts, { name, skewMs, onDeath }: MachineMake): Machine {
  let wakesAt = 0;
  let isAlive = true;
  const whenItDies = new Set<(error: MachineDied) => void>();
  note({ what: 'started', machine: name });

  const resume = (goOn: () => void): void => {
    if (!isAlive) return;
    if (time.now() < wakesAt) time.after(wakesAt - time.now(), () => resume(goOn));
    else goOn();
  };
  return {
    name,
    clock: {
      now: () => epochMs(testStart + time.now() + skewMs),
      sleep: (duration) => new Promise((wake) => time.after(duration, () => resume(wake))),
    },
    isAlive: () => isAlive,
    run: (work) =>
      new Promise((resolve, reject) => {
        if (!isAlive) return reject(new MachineDied(name));
        whenItDies.add(reject);
        resume(() => {
          work()
            .then(resolve, reject)
            .finally(() => whenItDies.delete(reject));
        });
      }),
    resume,
    stall(forMs) {
      wakesAt = Math.max(wakesAt, time.now() + forMs);
      note({ what: 'stalled', machine: name, forMs });
      time.after(forMs, () => isAlive && time.now() >= wakesAt && note({ what: 'woke', machine: name }));
    },
    kill() {
      if (!isAlive) return;
      isAlive = false;
      note({ what: 'died', machine: name });
      for (const reject of whenItDies) reject(new MachineDied(name));
      whenItDies.clear();
      onDeath();
    },
  };
}
