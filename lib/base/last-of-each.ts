/** The last few values that were kept of each object, as long as the object lives. */
export interface LastOfEach<Value> {
  /** The last one first. */
  of(object: object): readonly Value[];
  keep(object: object, value: Value): void;
}

/** `max`: how many values are kept of one object. */
export function lastOfEach<Value>(max: number): LastOfEach<Value> {
  const values = new WeakMap<object, readonly Value[]>();
  const of = (object: object): readonly Value[] => values.get(object) ?? NONE;
  return { of, keep: (object, value) => void values.set(object, [value, ...of(object)].slice(0, max)) };
}

const NONE: readonly never[] = [];
