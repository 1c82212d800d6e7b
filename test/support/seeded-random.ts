/** Random numbers that one seed repeats on every machine. */
export interface SeededRandom {
  /** At least 0, below 1. */
  readonly fraction: () => number;
  /** A whole number from 0 to `below - 1`. */
  readonly below: (below: number) => number;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, plenty for choosing faults. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { fraction, below: (below) => Math.floor(fraction() * below) };
}
