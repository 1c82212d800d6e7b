/** A map that forgets what was not used for longest once it holds too much. */
export interface LeastRecentlyUsed<Key, Value> {
  get(key: Key): Value | undefined;
  /** Keeps the value unless it weighs more than everything that may be held. */
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /** The keys that are held, those not used for longest first. */
  keys(): Iterable<Key>;
  values(): Iterable<Value>;
}

export interface Capacity<Key, Value> {
  /** The sum of the weights that may be held. */
  readonly max: number;
  /** What one value weighs, in the same unit; 1 when absent. */
  readonly weigh?: (value: Value) => number;
  /** Told what was forgotten to make room; not what was replaced or deleted. */
  readonly onEvicted?: (key: Key, value: Value) => void;
}

export function leastRecentlyUsed<Key, Value>({
  max,
  weigh = () => 1,
  onEvicted = () => undefined,
}: Capacity<Key, Value>): LeastRecentlyUsed<Key, Value> {
  // A Map iterates in the order of insertion, and every use inserts again: its first entries are the oldest in use.
  const held = new Map<Key, Value>();
  let weight = 0;
  const remove = (key: Key, value: Value): void => {
    held.delete(key);
    weight -= weigh(value);
  };
  return {
    get(key) {
      const value = held.get(key);
      if (value === undefined) return undefined;
      held.delete(key);
      held.set(key, value);
      return value;
    },
    set(key, value) {
      const before = held.get(key);
      if (before !== undefined) remove(key, before);
      if (weigh(value) > max) return;
      held.set(key, value);
      weight += weigh(value);
      for (const [oldest, old] of held) {
        if (weight <= max) break;
        remove(oldest, old);
        onEvicted(oldest, old);
      }
    },
    delete(key) {
      const value = held.get(key);
      if (value !== undefined) remove(key, value);
    },
    keys: () => held.keys(),
    values: () => held.values(),
  };
}
