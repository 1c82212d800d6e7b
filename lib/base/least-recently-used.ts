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

/** One entry between those that were used before and after it. */
interface Link<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  readonly weight: number;
  older: Link<Key, Value> | undefined;
  newer: Link<Key, Value> | undefined;
}

/** The order of use is a chain beside the map: a use then moves two ends, where taking a key out of a Map and in again costs most. */
export function leastRecentlyUsed<Key, Value>({
  max,
  weigh = () => 1,
  onEvicted = () => undefined,
}: Capacity<Key, Value>): LeastRecentlyUsed<Key, Value> {
  const held = new Map<Key, Link<Key, Value>>();
  const chain = usageChain<Key, Value>();
  let weight = 0;
  const remove = (link: Link<Key, Value>): void => {
    held.delete(link.key);
    chain.takeOut(link);
    weight -= link.weight;
  };
  return {
    get(key) {
      const link = held.get(key);
      if (link === undefined) return undefined;
      chain.takeOut(link);
      chain.append(link);
      return link.value;
    },
    set(key, value) {
      const before = held.get(key);
      if (before !== undefined) remove(before);
      const link = { key, value, weight: weigh(value), older: undefined, newer: undefined };
      if (link.weight > max) return;
      held.set(key, link);
      chain.append(link);
      weight += link.weight;
      for (let oldest = chain.oldest(); weight > max && oldest !== undefined; oldest = chain.oldest()) {
        remove(oldest);
        onEvicted(oldest.key, oldest.value);
      }
    },
    delete(key) {
      const link = held.get(key);
      if (link !== undefined) remove(link);
    },
    keys: () => chain.links().map(({ key }) => key),
    values: () => chain.links().map(({ value }) => value),
  };
}

/** The links in the order of their last use. */
function usageChain<Key, Value>() {
  let oldest: Link<Key, Value> | undefined;
  let newest: Link<Key, Value> | undefined;
  return {
    oldest: () => oldest,
    append(link: Link<Key, Value>): void {
      link.older = newest;
      link.newer = undefined;
      if (newest === undefined) oldest = link;
      else newest.newer = link;
      newest = link;
    },
    takeOut({ older, newer }: Link<Key, Value>): void {
      if (older === undefined) oldest = newer;
      else older.newer = newer;
      if (newer === undefined) newest = older;
      else newer.older = older;
    },
    links(): Link<Key, Value>[] {
      const all: Link<Key, Value>[] = [];
      for (let link = oldest; link !== undefined; link = link.newer) all.push(link);
      return all;
    },
  };
}
