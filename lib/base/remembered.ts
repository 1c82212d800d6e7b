/** What was made for an object, as long as the object lives. */
export type Remembered<Value> = (of: object, make: () => Value) => Value;

export function remembered<Value>(): Remembered<Value> {
  const values = new WeakMap<object, { readonly made: Value }>();
  return (of, make) => {
    const known = values.get(of);
    if (known !== undefined) return known.made;
    const made = make();
    values.set(of, { made });
    return made;
  };
}
