import type { SeededRandom } from '../seeded-random.ts';
import type { Happening } from './history.ts';
import { type Machine, machine } from './machine.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One place where a process of a kind runs; one that dies is followed by another, which remembers nothing. */
export interface Slot<App> {
  readonly machine: Machine;
  readonly app: App;
  /** Whether it has an event in hand: a function takes one at a time. */
  isBusy: boolean;
}

export interface Pool<App> {
  /** One that lives, or `undefined` while all are being started again. */
  any(): Slot<App> | undefined;
  /** One that lives and has nothing in hand. */
  idle(): Slot<App> | undefined;
}

interface PoolPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly note: (happening: Happening) => void;
}

interface PoolMake<App> {
  readonly kind: string;
  readonly size: number;
  readonly start: (machine: Machine) => App;
}

/** Clocks are up to ten seconds apart (FLT-1). */
const LONGEST_SKEW_MS = 5_000;
const LONGEST_RESTART_MS = 5_000;

export function pool<App>(ports: PoolPorts, { kind, size, start }: PoolMake<App>): Pool<App> {
  const { time, random } = ports;
  const slots: (Slot<App> | undefined)[] = [];
  let started = 0;
  const startAt = (index: number): void => {
    started += 1;
    const made = machine(ports, {
      name: `${kind}-${started}`,
      skewMs: random.below(2 * LONGEST_SKEW_MS + 1) - LONGEST_SKEW_MS,
      onDeath: () => {
        slots[index] = undefined;
        time.after(random.below(LONGEST_RESTART_MS), () => startAt(index));
      },
    });
    slots[index] = { machine: made, app: start(made), isBusy: false };
  };
  for (let index = 0; index < size; index += 1) startAt(index);
  const oneOf = (some: readonly (Slot<App> | undefined)[]): Slot<App> | undefined => {
    const living = some.filter((slot) => slot !== undefined);
    return living[random.below(living.length)];
  };
  return { any: () => oneOf(slots), idle: () => oneOf(slots.filter((slot) => slot?.isBusy === false)) };
}
