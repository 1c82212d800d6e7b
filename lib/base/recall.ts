import { canonicalJson } from './hashing.ts';

/** Remembers what was made of which inputs, by name. Inputs are the same when they are the same objects, one by one. */
export interface Recall {
  /**
   * The value that was last made under this name if it was made of the same inputs, else a new one. It must depend on nothing
   * but its inputs, and nobody may change it. `make` is told the last value and may answer it again if nothing of it changed.
   */
  value<T>(slot: string, inputs: readonly unknown[], make: (last: T | undefined) => T): T;
  /** The same for a value of many parts: they have names of their own, and are remembered as long as it is. */
  stage<T>(slot: string, inputs: readonly unknown[], make: (recall: Recall) => T): T;
}

/** A recall that remembers nothing. */
export const recallNothing: Recall = {
  value: (_slot, _inputs, make) => make(undefined),
  stage: (_slot, _inputs, make) => make(recallNothing),
};

/** Remembers from one run to the next. */
export interface RunMemory {
  /** One run of a stage: what it does not use is forgotten with its end, and nothing is if it throws. */
  run<T>(stage: (recall: Recall) => T): T;
}

export function runMemory(): RunMemory {
  let remembered: Slots = new Map();
  return {
    run(stage) {
      const used = new Map<string, Slot>();
      const result = stage(recallFrom(remembered, used));
      remembered = used;
      return result;
    },
  };
}

interface Slot {
  readonly inputs: readonly unknown[];
  readonly value: unknown;
  /** Of a stage: what its parts were made of. */
  readonly parts?: Slots;
}

type Slots = ReadonlyMap<string, Slot>;

function recallFrom(remembered: Slots, used: Map<string, Slot>): Recall {
  const inSlot = <T>(slot: string, inputs: readonly unknown[], make: (last: Slot | undefined) => Slot): T => {
    const known = used.get(slot) ?? remembered.get(slot);
    const kept = known && areSame(known.inputs, inputs) ? known : make(known);
    used.set(slot, kept);
    return kept.value as T; // a slot is used for one type of value only, which its name stands for
  };
  return {
    value: <T>(slot: string, inputs: readonly unknown[], make: (last: T | undefined) => T): T =>
      inSlot(slot, inputs, (last) => ({ inputs, value: make(last?.value as T | undefined) })),
    stage: <T>(slot: string, inputs: readonly unknown[], make: (recall: Recall) => T): T =>
      inSlot(slot, inputs, (last) => {
        const parts = new Map<string, Slot>();
        return { inputs, value: make(recallFrom(last?.parts ?? new Map(), parts)), parts };
      }),
  };
}

/** The list of the last run if it held the same items, so that whoever takes the list as an input is not asked again. */
export function recallList<T>(recall: Recall, slot: string, items: readonly T[]): readonly T[] {
  return recall.value(slot, items, () => items);
}

/** The last value if it says the same as the new one, so that what is made of it need not be made again. Plain JSON values only. */
export function keepIfEqual<T>(last: T | undefined, made: T): T {
  return last !== undefined && canonicalJson(last) === canonicalJson(made) ? last : made;
}

function areSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((input, index) => input === now[index]);
}
